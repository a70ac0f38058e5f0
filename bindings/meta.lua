---@meta
-- The script interface, declared once: editors with a Lua language server complete from this file, and
-- docs/reference.md is made from it by scripts/reference. Nothing runs it.

---A policy is a Lua file. It is run once, when it is loaded: that is when it declares its options, tasks, vetoes and
---events (`option`, `require`, `sessions.watch`, `protect` and `on`, `clock.every` and `at`, calendars with files), and
---only then. All that waits or acts works in a *task* only: in a function given to `sessions.watch`, `sessions.on`,
---`clock.every` or `clock.at`. A *run* is a task's way from the function's beginning to its end.
---
---Wrong use throws, with file and line: a word that does not exist, an argument of another kind, an action outside of
---tasks. The run ends and is journalled; the next one begins afresh, and three failures in a row set the policy aside.
---What can fail although it is used rightly returns nil and a text that says why: a session that has ended, a refusal
---by the rules of safety, a host that does not answer.
---
---Of Lua itself there are the basic functions, `math`, `string`, `table` and `utf8`, without what reaches outside of
---the script; globals cannot be set. A call may take 5 million instructions, a policy 64 MiB of memory.

--- Options ------------------------------------------------------------------------------------------------------------

---An option of the policy: what the configuration says, else the default. The default gives the type: a span (written
---"30m"), a number, text, true or false, or a list, whose items are of the type of the default's first (of text where
---it is empty) and for which a value alone will do, or a calendar of days off, as `calendar.dates` takes them. Outside
---of tasks only.
---```lua
---local limit = option("limit", 30 * minute, "idle time that ends a session", { least = 2 * minute, never = true })
---```
---The domain says what else it may be: `least` and `most` of a span or a number (or each item of a list), whether a
---span may be switched off by `"never"` or `0` (it then is `never`, for which a wait does not end), and whether a list
---or a text may be empty. Without it, a span is more than nothing, and a list and a text hold something, unless the
---default does not. What lies outside is an error when the policy is loaded. `curfew check --options` shows it all.
---@generic T
---@param name string
---@param default T a span, a number, text, true or false, a list of one kind, or a calendar
---@param help? string what it is for, in a line
---@param domain? { least: span|number|nil, most: span|number|nil, never: boolean?, empty: boolean? }
---@return T
function option(name, default, help, domain) end

--- Values of time ---------------------------------------------------------------------------------------------------

---A length of time, made from the units: `30 * minute`, `1 * hour + 30 * second`. Spans add and subtract, are
---multiplied and divided by numbers, compare with spans, and print in words ("5 minutes"). Two spans divided are a
---number. With anything else, bare numbers included, they throw. A span that nobody knows is less than any, stays
---unknown whatever is added, and prints as "an unknown time". A span of a session that stands still at zero (it is not
---disconnected, not locked) equals `0 * second` and satisfies no `>=`: a limit of zero ends nobody.
---@class span
---@operator add(span): span
---@operator add(instant): instant
---@operator sub(span): span
---@operator mul(number): span
---@operator div(number): span
---@operator div(span): number
---@operator unm: span
---@operator concat(any): string

---A point in time on the wall clock. Prints as local time of the host.
---@class instant
---@operator add(span): instant
---@operator sub(span): instant
---@operator sub(instant): span
---@operator concat(any): string

---The unit: `30 * second`.
---@type span
second = nil
---60 seconds.
---@type span
minute = nil
---60 minutes.
---@type span
hour = nil
---24 hours; for days of the calendar, use `calendar`.
---@type span
day = nil
---The instant that never comes, after all others, and the span longer than all others: a wait for it does not end.
---@type instant
never = nil

---"span", "instant", "session", "notice", "calendar", or what Lua itself says.
---@param value any
---@return string
function type(value) end

--- Sessions ---------------------------------------------------------------------------------------------------------

---Which sessions are meant: fields, each with the value, or the list of values, that it may have. Every condition must
---hold. Texts may hold "*" and "?": `{ class = "user", user = "svc-*", remote = true }`. A field that is unknown
---selects nothing. None is selected by `programs`, `cpu`, `inhibited`, `idle_source` or `idle_doubt`: no host tells
---when they change.
---@alias selector table<string, string|boolean|string[]>

---The sessions of this host, and what happens to them.
---@class sessionslib
sessions = {}

---Declares a task: `fn` is run for each session that the selector selects, from its beginning, and begun afresh when
---it returns (at most once a minute; if it never waited, when the session changes). It ends with the session.
---```lua
---sessions.watch({ class = "user", remote = true }, function (session) … end)
---```
---@param selector selector
---@param fn fun(session: session) the task
function sessions.watch(selector, fn) end

---The sessions that the selector selects, in the order of their coming; all of them without one.
---@param selector? selector
---@return session[]
function sessions.list(selector) end

---A veto over every policy: as long as `fn` returns a reason, nobody warns or ends the sessions that the selector
---selects, or may select. It looks and answers; it neither waits nor acts. One that fails or takes long vetoes, too. So
---does one that reads an unknown field, of whatever session, and then returns no reason: a field that is nil, or a span
---that nobody knows. What this host never tells (`domain` on Linux, say) is always unknown, and such a veto holds for
---good. `at_most` is how long it may hold a policy's hand.
---```lua
---sessions.protect({ class = "user" }, function (session)
---  if session:runs("make") then return "make is running" end
---end, { at_most = 12 * hour })
---```
---@param selector selector
---@param fn fun(session: session): string? answers with the reason for the veto, or nothing
---@param options? { at_most: span? } without it, the veto may hold for ever
function sessions.protect(selector, fn, options) end

---Runs `fn` once for each session to which it happens; not for those that are there when curfew starts.
---@param event "logon"|"logoff"|"lock"|"unlock"|"disconnect"|"reconnect"
---@param fn fun(session: session)
function sessions.on(event, fn) end

---One logon of one user. Fields are read at each access, and are of that moment: what the host tells of only when it
---is asked (`idle`, for one) is asked for, and the task waits for the answer; where none comes, it is unknown. What is
---unknown is nil, spans excepted (see span), and everything is unknown once the session has ended. A run that has
---read `idle` or `output` by itself is taken to rest on it: it ends nobody who has given a sign of life, or shown
---output, since. Methods that wait work in tasks only.
---@class session
---@field id string the host's own name for it
---@field host string the name of the host it is on
---@field name string? its terminal, display or station: "pts/3", ":10", "rdp-tcp#2"
---@field user string? the name of who is logged on
---@field uid integer? the user's number; none on Windows
---@field sid string? the user's security identifier; none on Linux
---@field domain string? the user's domain; Windows
---@field groups string[]? names of the groups the user is in
---@field class string? "user", "greeter", "background"…
---@field type string? "tty", "x11", "wayland", "rdp", "console"…
---@field active boolean? in the foreground, where its user can see it
---@field locked boolean? behind a lock screen
---@field disconnected boolean? going on without a screen
---@field closing boolean? on its way out
---@field console boolean? at the machine itself
---@field remote boolean? not on a seat
---@field remote_host string? name or address it comes from
---@field client string? the client's own name
---@field seat string? the screen and keyboard it is at: "seat0"
---@field service string? PAM service, or application
---@field desktop string? "GNOME", "KDE"…
---@field language string? the user's, as "pt_BR"
---@field leader integer? process id
---@field logon instant? when it began
---@field age span since logon
---@field idle span since the last input
---@field idle_source string? where the last input was read
---@field idle_doubt string? why what the idle time was read from is not to be relied on; nil where it is
---@field output span since its terminal last showed something, which is no sign of life
---@field blocked string? why nothing can be written to its terminals, as after Ctrl-S; nil while no such thing is known
---@field agent boolean? whether `curfew-agent` speaks for it, which tells of its input and shows warnings
---@field missing string? what its desktop lacks, for its input to be known or warnings to be shown; nil: nothing
---@field inhibited boolean? whether a program keeps its desktop from going idle, as a film in full screen does
---@field locked_for span zero while it is not locked
---@field disconnected_for span zero while it is connected
---@field programs string[]? names of its processes
local session = {}

---Waits until the session is known to have been idle for `span`, which becomes a ground of this run: a logoff reads it
---again.
---@param span span
---@return boolean? done, string? why_not
function session:wait_idle(span) end

---Waits until the function answers true, which becomes a ground of this run: a logoff asks it again, after a fresh
---reading. With `timeout`, waits no longer than that. True when it held; false when the time was up.
---
---The function only looks: it may read fields, `clock.now()`, calendars, `sessions.list`, `in_group` and `runs` (which
---are read every ten minutes, and before it counts), and reckon and compare with `<`, `<=`, `>` and `>=` (never `==`)
---what it read. It is asked again only when something that it read the last time has changed or, with the time that
---passes, would compare differently. Where it read something unknown it does not hold, whatever it answers: a field
---that is nil, or an unknown `idle`, the other way round or negated no more than straight. (Other unknown spans compare
---as zero.) What may be unknown goes last: `a or b` reads b only if a is false.
---```lua
---session:wait(function () return session.idle >= 10 * minute and not hours:contains(clock.now()) end)
---```
---@param condition fun(): boolean? looks, and answers
---@param timeout? span
---@return boolean? held, string? why_not
function session:wait(condition, timeout) end

---Waits for a sign of life (input, unlock, reconnect, an answer) since the run's last wait_idle, or since it began, but
---no longer than `span`. True when there was one.
---@param span span
---@return boolean? alive, string? why_not
function session:wait_active(span) end

---Shows a warning on the user's screen, in place of this run's last one. `{name}` stands for `values.name`; the span
---`values.left` tells the engine what the text announces. With `ask`, the notice has a button of that label. All three
---texts are told in the user's language where the policy has a translation. Returns the notice, delivered or not.
---
---A session shows one notice at a time, the one with the soonest end (`left`; without it, last). Another policy's that
---ends sooner goes first: this one is not delivered yet, but shown when that one is over, with the time then left. Only
---the time on the screen makes a session warned.
---
---A session that no warning reaches is tried less and less often: a minute after the first, then twice as long each
---time, up to an hour. In between a warning is not delivered, and the journal has no entry of it. A policy may ask for
---60 warnings, messages and actions for a session at once, and then for one in ten seconds; more is an error.
---@param text string
---@param values? table<string, any>
---@param options? { ask: string?, title: string? }
---@return notice notice, string? why_not
function session:warn(text, values, options) end

---Shows a message that announces nothing.
---@param text string
---@param values? table<string, any>
---@return true? done, string? why_not
function session:tell(text, values) end

---Asks for the session to be ended, and waits until it is decided. The rules of safety refuse it where no warning of
---this run was delivered at least a minute ago (a session that was disconnected throughout needs none), where the end
---that was announced has not come, where a ground of the run no longer holds, and where the session is protected.
---`unwarned` says that no warning is meant to have been shown: it takes a session that has been disconnected for as
---long as a warning would have to stand, or `unwarned = true` in the policy's entry in the configuration.
---
---In the reason, `{idle}`, `{age}` and the session's other spans are as they were when it was decided.
---```lua
---session:logoff("idle for {idle}")
---```
---@param reason string for people: the journal and the user
---@param options? { unwarned: boolean? }
---@return true? done, string? why_not
function session:logoff(reason, options) end

---Locks the session's screen.
---@param reason? string for the journal
---@return true? done, string? why_not
function session:lock(reason) end

---Takes the screen away; the session goes on, and waits for its user. A host that knows no such thing says so.
---@param reason? string for the journal
---@return true? done, string? why_not
function session:disconnect(reason) end

---The first of these programs that the session runs, or nil: none does, or nobody knows.
---@param programs string|string[] their names, with `*` and `?`, or paths; "python" means python3.11, too
---@return string? program
function session:runs(programs) end

---Processor cores in use, averaged over the last `span` (at most ten minutes); nil while nobody knows, but 0 in a veto,
---which then holds anyway.
---@param span span
---@return number? cores
function session:cpu(span) end

---Whether the user is in the group; nil where nobody knows.
---@param name string
---@return boolean? member
function session:in_group(name) end

---Drops the grounds gathered so far; signs of life count from now on.
function session:forget() end

---A warning that was asked for. It is taken back when answered, closed or replaced, and when its run ends.
---@class notice
---@field delivered boolean whether it reached a screen when it was asked for; one held behind another's had not
local notice = {}

---Waits for the button to be pressed, but no longer than `span`. True when it was.
---@param span span
---@return boolean? answered, string? why_not
function notice:answered(span) end

---Takes the notice back. A logoff wants another warning then.
function notice:close() end

--- Time -------------------------------------------------------------------------------------------------------------

---Time as it passes, and tasks that go by it.
---@class clocklib
clock = {}

---The time on the wall, the same throughout a condition. A run that has read it starts afresh where that clock is set
---by more than a minute.
---@return instant
function clock.now() end

---Waits, however the clock on the wall is set meanwhile.
---@param span span
function clock.sleep(span) end

---Runs `fn` each `span`, from the start of curfew on.
---@param span span a second or more
---@param fn fun()
function clock.every(span, fn) end

---Runs `fn` at each of these times, local to the host: "Mon-Fri 19:00", "08:00,12:00". What an autumn night repeats is
---kept once. With a calendar: at the start of each of its windows, and at once inside one.
---
---A time that was missed, because the host slept or its clock was set forward, is kept up to `late` after it: five
---minutes, or with a calendar for as long as the window lasts. Later it is skipped, which the journal tells. Where the
---clock is set back, what lies between comes again, unless that is less than a minute.
---```lua
---clock.at("Fri 17:00", function () log("nearly there") end)
---clock.at("03:00", function () store.set("day", nil) end, { late = 12 * hour })
---```
---@param when string|calendar
---@param fn fun()
---@param options? { late: span? }
function clock.at(when, fn, options) end

---A loop with a turn at each lead before the deadline, which ends at the deadline. Leads already past make one turn at
---once. A deadline already past makes none; `never` waits for good. With a condition, as session:wait has it: it
---becomes a ground of the run, which ends as soon as it does not hold.
---```lua
---for left in clock.approach(closing, { 30 * minute, 5 * minute }) do … end
---```
---@param deadline instant
---@param leads span|span[] longest first
---@param condition? fun(): boolean? looks, and answers
---@return fun(): (left: span?)
function clock.approach(deadline, leads, condition) end

---A loop with a turn for each span: how much is left until the end, and how long to pause until the next turn. The end
---is fixed at the first turn, so that what turns take does not add up; the last pause is never cut.
---
---A run that has warned somebody rests on its grounds: what it has waited for by wait_idle and wait. As soon as one
---of them does not hold any more, the run ends, its warning is taken back, and the journal says why. With a
---condition, that becomes a ground, too, from the first turn on.
---```lua
---for left, pause in countdown({ 5 * minute, 1 * minute }, function () return session.disconnected == false end) do
---  session:warn("You will be logged off in {left}.", { left = left })
---  clock.sleep(pause)
---end
---```
---@param leads span|span[] longest first
---@param condition? fun(): boolean? looks, and answers
---@return fun(): (left: span?, pause: span?)
function countdown(leads, condition) end

--- Calendars ----------------------------------------------------------------------------------------------------------

---Sets of times: opening hours, days off, and what is made of them.
---@class calendarlib
calendar = {}

---Weekly hours, a line each: "Mon-Fri 07:30-19:00", "Fri 22:00-04:00" (past midnight), "Sat,Sun" (whole days),
---"08:00-24:00" (every day). Local time of the host, or of `zone` ("Europe/Berlin").
---```lua
---local open = calendar.weekly { "Mon-Fri 07:30-19:00", "Sat 09:00-13:00" } - calendar.dates("holidays.ics")
---```
---@param lines string|string[]
---@param options? { zone: string? }
---@return calendar
function calendar.weekly(lines, options) end

---Days off, a line each: "2026-12-25", "2026-12-24..2027-01-01" (both included), "12-25" (every year), or a file of
---them, which ends in ".txt" or ".ics": "/etc/curfew/holidays.ics". A path that does not begin with "/" begins at the
---folder of the policy's file. Files are read while the policy is loaded, and not in tasks.
---
---A text file has a day or a range a line, as above, "#" before comments, which are their names. Of an iCalendar file
---every event counts that is not cancelled: whole days are days of the host or of `zone`, times are windows from start
---to end, those without a zone of their own likewise. Recurring events are followed until 2100, at the same time by the
---clock of their zone.
---
---Published files mix days off with others. `only` and `except` say which events count, by `summary`, `description`,
---`categories` and `transp`: a text or a list of them, in any case, "*" for any text. An event counts when it has,
---for each field in `only`, one of its texts, and for no field in `except` any. They go behind the lines, for all
---files, or into a list with the file: `calendar.dates { "12-24", { "us.ics", except = { summary = "*Day" } } }`.
---
---A running curfew reads a file again when it changes, and all runs begin afresh; one with mistakes changes nothing.
---@param lines string|table
---@param options? { zone: string?, only: table?, except: table? }
---@return calendar
function calendar.dates(lines, options) end

---A set of windows of time. `a + b` holds what either holds, `a - b` what a holds and b does not, `a * b` what both do.
---@class calendar
---@operator add(calendar): calendar
---@operator sub(calendar): calendar
---@operator mul(calendar): calendar
local calendar_ = {}

---Whether `t` lies in one of the windows. A window holds its start, and not its end.
---@param t instant
---@return boolean
function calendar_:contains(t) end

---`t` itself inside a window, else the start of the next one, or `never`.
---@param t instant
---@return instant
function calendar_:starts(t) end

---The end of the window that holds `t`, or `never`; `t` itself outside of any.
---@param t instant
---@return instant
function calendar_:ends(t) end

--- What is kept, and the host -----------------------------------------------------------------------------------------

---What the policy keeps under its name, also when it is loaded again, and beyond a restart of curfew where it has a
---folder for its state.
---@class storelib
store = {}

---What was kept under the key, tables as a copy; the default where nothing was.
---@param key string
---@param default? any
---@return any
function store.get(key, default) end

---Keeps a text, a number, a truth value, a span, an instant or a table of these under the key (nil: no longer): 64 KiB
---a value, 1 MiB all together, as JSON. In tasks only.
---```lua
---store.set("minutes", store.get("minutes", 0) + 1)
---```
---@param key string
---@param value any
function store.set(key, value) end

---What the file of that name returns: it lies beside the policy, or among the policies that come with curfew, and is
---run once for each policy, which it can give functions and values. "lab.hours" is lab/hours.lua. Outside of tasks
---only.
---@param name string
---@return any
function require(name) end

---Writes a line in the log, with the policy's name; `{name}` stands for `values.name`. Of more than 60 lines a minute
---the rest is only counted.
---@param text any
---@param values? table<string, any>
function log(text, values) end

---The machine that curfew runs on.
---@class hostlib
---@field name string as it calls itself
host = {}

---Refuses further logons to the host, with this text for those refused; without one, allows them again. As long as
---any policy refuses them, they are refused; the word of one that is set aside, paused or gone counts no more. Where
---the host cannot do that, the journal says so, and where it fails, it is asked again, less and less often. What is so
---already is not done again. To refuse them anew, with other texts, more than 20 times at once, and then more than once
---a minute, is an error; to allow them never is.
---@param text? string
---@param values? table<string, any>
function host.refuse_logons(text, values) end
