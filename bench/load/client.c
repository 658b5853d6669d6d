/* The load: as many connections as asked, each sending one prepared request. Costs less than what it measures.
 * usage: client streams PORT CONNECTIONS REQUEST_FILE SECONDS   one stream each, until all have ended
 *        client idle    PORT CONNECTIONS REQUEST_FILE SECONDS   opens them, says "held", and keeps them until its input closes
 *        client rate    PORT CONNECTIONS REQUEST_FILE SECONDS RATE   so many requests a second, however long answers take
 * Prints one line of JSON; times in microseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  int fd, match, tail, status, head_done, busy, ended, first_seen;
  long left, started;
  char head[4096];
  int head_len;
} conn;

static int port, ep;
static char *request;
static size_t request_len;
static long *samples, sample_count, sample_max, events, errors, ended;

static long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void sample(long value) {
  if (sample_count < sample_max) samples[sample_count++] = value;
}

static int by_size(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return x < y ? -1 : x > y;
}

static long percentile(double p) {
  if (sample_count == 0) return -1;
  long at = (long)(p * (double)(sample_count - 1));
  return samples[at];
}

static int open_conn(conn *c) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  memset(c, 0, sizeof *c);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (struct sockaddr *)&at, sizeof at)) return -1;
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  return epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}

static void begin(conn *c, long started) {
  c->match = c->tail = c->status = c->head_done = c->head_len = c->first_seen = 0;
  c->busy = 1;
  c->started = started;
  if (send(c->fd, request, request_len, MSG_NOSIGNAL) != (ssize_t)request_len) errors++;
}

static void finish(conn *c, int ok) {
  if (!c->busy) return;
  c->busy = 0;
  c->ended = 1;
  ended++;
  if (!ok || c->status != 200) errors++;
}

/* Counts "data: " and finds the end of the body: a length, or the last chunk. */
static void body(conn *c, const char *bytes, long n, int stream) {
  static const char mark[] = "data: ", last[] = "\n0\r\n\r\n";
  if (c->left >= 0) c->left -= n;
  for (long i = 0; i < n; i++) {
    c->match = bytes[i] == mark[c->match] ? c->match + 1 : bytes[i] == mark[0];
    if (c->match == 6) {
      c->match = 0;
      events++;
      if (stream && !c->first_seen) {
        c->first_seen = 1;
        sample(now_us() - c->started);
      }
    }
    c->tail = bytes[i] == last[c->tail] ? c->tail + 1 : bytes[i] == last[0];
    if (c->tail == 6 && c->left < 0) finish(c, 1);
    if (c->tail == 6) c->tail = 0;
  }
  if (c->left == 0) finish(c, 1);
}

static void on_read(conn *c, int stream) {
  static char bytes[262144];
  ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
    if (!c->ended && !c->busy) errors++;
    finish(c, 0);
    return;
  }
  long from = 0;
  while (!c->head_done && from < n) {
    if (c->head_len < (int)sizeof c->head - 1) c->head[c->head_len++] = bytes[from];
    from++;
    c->head[c->head_len] = 0;
    if (c->head_len < 4 || memcmp(c->head + c->head_len - 4, "\r\n\r\n", 4)) continue;
    char *told = strcasestr(c->head, "content-length:");
    c->head_done = 1;
    c->status = atoi(c->head + 9);
    c->left = told ? atol(told + 15) : -1;
    c->tail = 1;
  }
  if (c->head_done && from < n) body(c, bytes + from, n - from, stream);
}

static void poll_once(int wait_ms, int stream) {
  struct epoll_event ready[1024];
  int n = epoll_wait(ep, ready, 1024, wait_ms);
  for (int i = 0; i < n; i++) on_read(ready[i].data.ptr, stream);
}

static void report(long started, int connections) {
  qsort(samples, (size_t)sample_count, sizeof *samples, by_size);
  printf("{\"connections\":%d,\"ended\":%ld,\"errors\":%ld,\"events\":%ld,\"samples\":%ld,\"p50\":%ld,\"p99\":%ld,\"us\":%ld}\n", connections, ended,
         errors, events, sample_count, percentile(0.5), percentile(0.99), now_us() - started);
  fflush(stdout);
}

static void run_rate(conn *all, int connections, long deadline, long rate) {
  long start = now_us(), sent = 0, gap = 1000000 / rate;
  while (now_us() < deadline) {
    long due = start + sent * gap, left = due - now_us();
    if (left <= 0) {
      int i = 0;
      while (i < connections && all[i].busy) i++;
      if (i < connections) {
        begin(&all[i], due);
        sent++;
        left = 0;
      }
    }
    struct timespec pause = {0, left > 0 ? (left < 200 ? left : 200) * 1000 : 0};
    struct epoll_event ready[256];
    int n = epoll_pwait2(ep, ready, 256, &pause, NULL);
    for (int i = 0; i < n; i++) {
      conn *c = ready[i].data.ptr;
      int busy = c->busy;
      on_read(c, 0);
      if (busy && !c->busy) sample(now_us() - c->started);
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  int connections = atoi(argv[3]);
  port = atoi(argv[2]);
  FILE *file = fopen(argv[4], "rb");
  if (!file) return 1;
  request = malloc(1 << 20);
  request_len = fread(request, 1, 1 << 20, file);
  fclose(file);
  sample_max = 4000000;
  samples = malloc(sizeof(long) * (size_t)sample_max);
  ep = epoll_create1(0);
  conn *all = calloc((size_t)connections, sizeof *all);
  for (int i = 0; i < connections; i++) {
    if (open_conn(&all[i])) {
      perror("connect");
      return 1;
    }
  }
  long started = now_us(), deadline = started + atol(argv[5]) * 1000000L;
  if (!strcmp(argv[1], "rate")) {
    if (argc < 7) return 2;
    run_rate(all, connections, deadline, atol(argv[6]));
    report(started, connections);
    return 0;
  }
  int idle = !strcmp(argv[1], "idle");
  for (int i = 0; i < connections; i++) {
    begin(&all[i], now_us());
    if (i % 16 == 15) poll_once(0, 1);
  }
  while (now_us() < deadline && (idle ? sample_count + errors < connections : ended < connections)) poll_once(100, 1);
  report(started, connections);
  if (!idle) return 0;
  /* Held until the other side of our input closes. */
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &e);
  for (;;) {
    struct epoll_event ready[256];
    int n = epoll_wait(ep, ready, 256, 1000);
    for (int i = 0; i < n; i++) {
      if (!ready[i].data.ptr) {
        report(started, connections);
        return 0;
      }
      on_read(ready[i].data.ptr, 1);
    }
  }
}
