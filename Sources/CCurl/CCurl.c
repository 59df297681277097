#include "CCurl.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* What of libcurl is used, found at run time. */
static struct {
  CURLcode (*global_init)(long);
  CURL *(*init)(void);
  void (*cleanup)(CURL *);
  void (*reset)(CURL *);
  CURLcode (*setopt)(CURL *, CURLoption, ...);
  CURLcode (*perform)(CURL *);
  CURLcode (*getinfo)(CURL *, CURLINFO, ...);
  struct curl_slist *(*append)(struct curl_slist *, const char *);
  void (*free_all)(struct curl_slist *);
} lib;
static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
  *(void **)&lib.global_init = dlsym(handle, "curl_global_init");
  *(void **)&lib.init = dlsym(handle, "curl_easy_init");
  *(void **)&lib.cleanup = dlsym(handle, "curl_easy_cleanup");
  *(void **)&lib.reset = dlsym(handle, "curl_easy_reset");
  *(void **)&lib.setopt = dlsym(handle, "curl_easy_setopt");
  *(void **)&lib.perform = dlsym(handle, "curl_easy_perform");
  *(void **)&lib.getinfo = dlsym(handle, "curl_easy_getinfo");
  *(void **)&lib.append = dlsym(handle, "curl_slist_append");
  *(void **)&lib.free_all = dlsym(handle, "curl_slist_free_all");
  is_loaded = lib.global_init && lib.init && lib.cleanup && lib.reset && lib.setopt &&
              lib.perform && lib.getinfo && lib.append && lib.free_all &&
              lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

struct ncu_session {
  CURL *curl;
};

/* One request under way. */
typedef struct {
  const ncu_request *request;
  size_t sent;
  ncu_answer answer;
  bool is_too_long;
} transfer;

ncu_session *ncu_open(void) {
  pthread_once(&once, load);
  if (!is_loaded) return NULL;
  ncu_session *session = calloc(1, sizeof *session);
  if (session && !(session->curl = lib.init())) {
    free(session);
    session = NULL;
  }
  return session;
}

void ncu_close(ncu_session *session) {
  if (!session) return;
  /* libcurl says goodbye and waits two minutes for a server that has gone silent. What was sent is
     acknowledged by now, so the connection is simply ended. */
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (lib.getinfo(session->curl, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
      socket != CURL_SOCKET_BAD)
    shutdown(socket, SHUT_RDWR);
  lib.cleanup(session->curl);
  free(session);
}

void ncu_free(ncu_answer *answer) {
  free(answer->body);
  answer->body = NULL;
}

static size_t give(char *to, size_t size, size_t count, void *context) {
  transfer *t = context;
  size_t rest = t->request->body_size - t->sent;
  size_t room = size * count;
  size_t given = rest < room ? rest : room;
  if (given) memcpy(to, (const char *)t->request->body + t->sent, given);
  t->sent += given;
  if (t->sent == t->request->body_size) strcpy(t->answer.command, ".");
  return given;
}

static size_t take(char *from, size_t size, size_t count, void *context) {
  transfer *t = context;
  size_t got = size * count;
  if (got > t->request->answer_limit - t->answer.body_size) {
    t->is_too_long = true;
    return 0;
  }
  char *body = realloc(t->answer.body, t->answer.body_size + got + 1);
  if (!body) return 0;
  memcpy(body + t->answer.body_size, from, got);
  t->answer.body = body;
  t->answer.body_size += got;
  return got;
}

/* SMTP's replies come as headers. Only the codes are kept: the words may repeat an address. */
static size_t reply(char *line, size_t size, size_t count, void *context) {
  transfer *t = context;
  size_t length = size * count;
  /* The answer to the goodbye that follows a refusal is not the refusal. */
  if (length >= 3 && memcmp(line, "221", 3) == 0) return length;
  t->answer.enhanced[0] = 0;
  if (length < 9 || (line[4] != '2' && line[4] != '4' && line[4] != '5') || line[5] != '.')
    return length;
  size_t i = 4, kept = 0;
  while (i < length && kept < sizeof t->answer.enhanced - 1 &&
         ((line[i] >= '0' && line[i] <= '9') || line[i] == '.'))
    t->answer.enhanced[kept++] = line[i++];
  t->answer.enhanced[kept] = 0;
  return length;
}

/* Which command the server answers; of what passes here nothing else is looked at. */
static int watch(CURL *curl, curl_infotype type, char *data, size_t size, void *context) {
  (void)curl;
  transfer *t = context;
  if (type != CURLINFO_HEADER_OUT || size < 4) return 0;
  static const char *const known[] = {"EHLO", "HELO", "STAR", "AUTH", "MAIL", "RCPT", "DATA"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (memcmp(data, known[i], 4) == 0) memcpy(t->answer.command, known[i], 5);
  return 0;
}

static ncu_outcome outcome(CURLcode code, const transfer *t) {
  if (t->is_too_long) return NCU_ANSWER_TOO_LONG;
  switch (code) {
    case CURLE_OK: return NCU_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return NCU_NO_HOST;
    case CURLE_COULDNT_CONNECT: return NCU_NO_CONNECTION;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION: return NCU_NO_TLS;
    case CURLE_OPERATION_TIMEDOUT: return NCU_TIMED_OUT;
    case CURLE_LOGIN_DENIED: return NCU_NOT_LOGGED_IN;
    default: return NCU_BROKEN_OFF;
  }
}

/* What both protocols have in common; a value that libcurl refuses ends the request. */
static CURLcode prepare(CURL *curl, transfer *t, const char *protocols) {
  const ncu_request *request = t->request;
  lib.reset(curl);
  CURLcode code = CURLE_OK;
#define SET(option, value) \
  if (code == CURLE_OK) code = lib.setopt(curl, option, value)
  SET(CURLOPT_PROTOCOLS_STR, protocols);
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
  SET(CURLOPT_TIMEOUT_MS, request->total_milliseconds);
  /* Of one reply; also of the one to a goodbye, which the limit above does not cover. */
  SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, (request->total_milliseconds + 999) / 1000);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_USE_SSL, (long)(request->requires_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (request->ca_file) SET(CURLOPT_CAINFO, request->ca_file);
  if (request->user) SET(CURLOPT_USERNAME, request->user);
  if (request->password) SET(CURLOPT_PASSWORD, request->password);
  SET(CURLOPT_WRITEFUNCTION, take);
  SET(CURLOPT_WRITEDATA, t);
  return code;
}

static ncu_answer finish(CURL *curl, CURLcode code, transfer *t) {
  if (code == CURLE_OK) code = lib.perform(curl);
  t->answer.outcome = outcome(code, t);
  t->answer.curl_code = (int)code;
  lib.getinfo(curl, CURLINFO_RESPONSE_CODE, &t->answer.code);
  curl_off_t wait = 0;
  if (lib.getinfo(curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK) t->answer.retry_after = (long)wait;
  return t->answer;
}

ncu_answer ncu_send_mail(ncu_session *session, const ncu_request *request) {
  transfer t = {.request = request};
  if (!session) return (ncu_answer){.outcome = NCU_NO_LIBRARY};
  CURL *curl = session->curl;
  CURLcode code = prepare(curl, &t, "smtp,smtps");
  struct curl_slist *to = lib.append(NULL, request->to);
  if (!to) code = CURLE_OUT_OF_MEMORY;
  SET(CURLOPT_MAIL_FROM, request->from);
  SET(CURLOPT_MAIL_RCPT, to);
  SET(CURLOPT_UPLOAD, 1L);
  SET(CURLOPT_READFUNCTION, give);
  SET(CURLOPT_READDATA, &t);
  SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body_size);
  SET(CURLOPT_HEADERFUNCTION, reply);
  SET(CURLOPT_HEADERDATA, &t);
  SET(CURLOPT_DEBUGFUNCTION, watch);
  SET(CURLOPT_DEBUGDATA, &t);
  SET(CURLOPT_VERBOSE, 1L);
  ncu_answer answer = finish(curl, code, &t);
  lib.free_all(to);
  return answer;
}

ncu_answer ncu_send_http(ncu_session *session, const ncu_request *request) {
  transfer t = {.request = request};
  if (!session) return (ncu_answer){.outcome = NCU_NO_LIBRARY};
  CURL *curl = session->curl;
  CURLcode code = prepare(curl, &t, request->requires_tls ? "https" : "http,https");
  struct curl_slist *headers = NULL;
  for (size_t i = 0; i < request->header_count && code == CURLE_OK; i++) {
    struct curl_slist *longer = lib.append(headers, request->headers[i]);
    if (longer) headers = longer;
    else code = CURLE_OUT_OF_MEMORY;
  }
  SET(CURLOPT_HTTPHEADER, headers);
  if (request->body) {
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
    SET(CURLOPT_POSTFIELDS, request->body);
  } else {
    SET(CURLOPT_CUSTOMREQUEST, request->method);
  }
  ncu_answer answer = finish(curl, code, &t);
  lib.free_all(headers);
  return answer;
}
