/* Fresh readings of one session, one request for all who ask at the same instant. */
#ifndef CF_ENGINE_READING_H
#define CF_ENGINE_READING_H

#include "engine/context.h"

#define CF_READING_LIMIT cf_seconds(10) /* for one reading */

/* Somebody who waits for a fresh reading; embedded in whoever waits. */
struct cf_reader {
    void (*done)(void *data, int code, const char *message);
    void *data;
    struct cf_reader *prev, *next, **among; /* the list that it is in */
    struct cf_session_state *state;         /* NULL: waits for none */
    uint64_t rest;                          /* fields that are read next, since they come from elsewhere */
};

/* The fields of a source. */
uint64_t cf_source_fields(enum cf_source source);

/* One source's readings of one session, one after another. */
struct cf_reading {
    struct cf_session_state *state;
    uint64_t call, fields; /* the one under way, 0: none */
    struct cf_mono asked;
    uint64_t asked_at;            /* its moment: see cf_engine.moments */
    uint64_t read, read_fields;   /* the same of the last one that came; and what it read */
    struct cf_reader *readers[2]; /* of the one under way, [now], and of the next one */
    unsigned now;
    uint64_t next_fields;
};

/* Asks for a reading taken now or later; readers of the same instant share one. `done` comes later, once. */
void cf_reading_ask(struct cf_session_state *state, uint64_t fields, struct cf_reader *reader);
void cf_reading_join(struct cf_session_state *state, enum cf_source source,
                     struct cf_reader *reader);  /* the one under way, however old */
void cf_reader_cancel(struct cf_reader *reader); /* fine where it waits for none */
void cf_reading_refresh(struct cf_session_state *state,
                        uint64_t fields); /* for the record: nobody waits for it */

/* What of the field's source was read since that moment. */
uint64_t cf_reading_since(const struct cf_session_state *state, enum cf_field field, uint64_t since);

/* What was read, or told, as of that moment. */
void cf_reading_note(struct cf_session_state *state, uint64_t moment, uint64_t fields);

/* Whether these fields of the record are as they are now: told as they change, or read at `since` or later.
 */
bool cf_reading_is_fresh(const struct cf_session_state *state, uint64_t fields, uint64_t since);

/* Whether the host's answer is about this session, by host and id; what another birth means, the registry
 * knows. */
bool cf_reading_is_about(const struct cf_session_state *state, const struct cf_session *answered);

/* The session goes: readers are told CF_GONE, in this very call. */
void cf_readings_end(struct cf_session_state *state);
void cf_readings_finish(struct cf_session_state *state);

#endif
