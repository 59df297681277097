/* Sending by libcurl: one mail by SMTP, or one request by HTTP. Its own functions are variadic,
   which Swift cannot call.

   The library is loaded when something is first sent: with all that it brings it would cost every
   command milliseconds at its start, and most commands send nothing. */
#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>

/* One connection that is kept from one request to the next. For one thread at a time. */
typedef struct ncu_session ncu_session;

typedef struct {
  /* smtp://host:port, smtps://host:port, https://…, http://… */
  const char *url;
  /* NULL for none. */
  const char *user, *password;
  /* A file of certificates to trust instead of the system's; NULL for the system's. */
  const char *ca_file;
  /* Without TLS, of 1.2 or newer, nothing is sent. */
  bool requires_tls;
  long connect_milliseconds, total_milliseconds;
  const void *body;
  size_t body_size;
  /* Of a mail. */
  const char *from, *to;
  /* Of a request by HTTP: POST where there is a body, else this method. */
  const char *method;
  const char *const *headers;
  size_t header_count;
  /* A longer answer is cut off, and ends the transfer. */
  size_t answer_limit;
} ncu_request;

typedef enum {
  NCU_ANSWERED,
  /* libcurl is not on this machine. */
  NCU_NO_LIBRARY,
  NCU_NO_HOST,
  NCU_NO_CONNECTION,
  NCU_NO_TLS,
  NCU_TIMED_OUT,
  /* The account was not accepted. */
  NCU_NOT_LOGGED_IN,
  NCU_ANSWER_TOO_LONG,
  /* Anything else; see curl_code. */
  NCU_BROKEN_OFF,
} ncu_outcome;

typedef struct {
  ncu_outcome outcome;
  int curl_code;
  /* HTTP's status, or SMTP's last reply; 0 when there was none. */
  long code;
  /* Of SMTP, the command that the last reply answers: "RCPT", "MAIL"; "." after the whole mail. */
  char command[5];
  /* Of SMTP, the enhanced status code of the last reply: "5.1.1"; empty where it has none. */
  char enhanced[12];
  /* Seconds; 0 when the other side did not say. */
  long retry_after;
  /* Of HTTP; freed by ncu_free. */
  char *body;
  size_t body_size;
} ncu_answer;

/* NULL without libcurl, or without memory. */
ncu_session *ncu_open(void);
void ncu_close(ncu_session *session);

/* Block for total_milliseconds at most. */
ncu_answer ncu_send_mail(ncu_session *session, const ncu_request *request);
ncu_answer ncu_send_http(ncu_session *session, const ncu_request *request);
void ncu_free(ncu_answer *answer);

#endif
