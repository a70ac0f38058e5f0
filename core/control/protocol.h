/*
 * The protocol of a running engine: lines of JSON, versioned. A request is answered by one line.
 *
 *   {"curfew":1,"id":7,"do":"stay","session":"12","for":"30m"}
 *   {"curfew":1,"id":7,"ok":true,"result":{…}}
 *   {"curfew":1,"id":7,"ok":false,"code":"denied","error":"a sentence"}
 *
 * "curfew" is the version, "id" a number of the asker's own choice, and all other words of a request are
 * texts. The id of an answer is null where none could be read.
 */
#ifndef CF_CONTROL_PROTOCOL_H
#define CF_CONTROL_PROTOCOL_H

#include "base/error.h"
#include "base/json.h"

enum {
    CF_CONTROL_VERSION = 1,
    CF_CONTROL_LINE = 64 * 1024,         /* bytes of a request, its line feed included */
    CF_CONTROL_DEPTH = 4,                /* of arrays and objects in a request */
    CF_CONTROL_WORD = 1024,              /* bytes of one text in a request */
    CF_CONTROL_VERB = 32,                /* bytes of what is to be done, the ending NUL included */
    CF_CONTROL_REPLY = 64 * 1024 * 1024, /* bytes of an answer that are read */
};

#ifdef _WIN32
#define CF_CONTROL_PLACE "\\\\.\\pipe\\curfew"
#else
#define CF_CONTROL_PLACE "/run/curfew/control" /* where an engine usually listens */
#endif

struct cf_control_request {
    json_int_t id; /* -1: none could be read */
    char verb[CF_CONTROL_VERB];
    json_t *words; /* an object of texts: all that is left */
};

/*
 * Reads one line, which may be any bytes at all. CF_USAGE, or CF_UNSUPPORTED where it is of another version;
 * the id is filled in all the same. Finish it in every case.
 */
int cf_control_request_read(const char *line, size_t length, struct cf_control_request *ret_request,
                            struct cf_error *err);
void cf_control_request_finish(struct cf_control_request *request);

/* Adds a request as a line. `words`: names and texts in turn, ending in NULL; one whose text is NULL is left
 * out. */
void cf_control_request_write(struct cf_buffer *line, json_int_t id, const char *verb,
                              const char *const *words);

/* Adds an answer as a line: done, with `result` unless that is NULL; or *err. An id below 0 is null. */
void cf_control_result_write(struct cf_buffer *line, json_int_t id, const json_t *result);
void cf_control_error_write(struct cf_buffer *line, json_int_t id, const struct cf_error *err);

/* Reads an answer: *ret_result is a new reference (null where there is none), or the code is the answer's. */
int cf_control_reply_read(const char *line, size_t length, json_t **ret_result, struct cf_error *err);

#endif
