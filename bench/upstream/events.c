/* The cheapest instance there can be: answers each POST with a stream of events at a fixed pace.
 * usage: events PORT EVENTS INTERVAL_MS HOLD
 * INTERVAL_MS 0 writes as fast as the other side reads. HOLD 1 sends the first event and then keeps the stream open, silent. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_FD 32768
#define IN_MAX 65536

typedef struct conn {
  int fd, streaming, sent, used, want_out;
  long due;
  const char *rest;
  size_t rest_len;
  struct conn *next, *prev;
  char *in;
} conn;

static conn *conns[MAX_FD];
static conn queue = {.next = &queue, .prev = &queue};
static int events, interval_ms, hold, ep;
static char head[512], event_text[1024], last_text[2048];
static size_t head_len, event_len, last_len;

static long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static size_t chunk_of(char *to, size_t max, const char *text) {
  return (size_t)snprintf(to, max, "%zx\r\n%s\r\n", strlen(text), text);
}

static void prepare(void) {
  const char *start = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\"choices\":[";
  char text[1024];
  head_len = (size_t)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  snprintf(text, sizeof text, "data: %s{\"index\":0,\"delta\":{\"content\":\" token\"},\"finish_reason\":null}]}\n\n", start);
  event_len = chunk_of(event_text, sizeof event_text, text);
  snprintf(text, sizeof text,
           "data: %s{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
           "data: %s],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\ndata: [DONE]\n\n",
           start, start, events, events + 20);
  last_len = chunk_of(last_text, sizeof last_text - 8, text);
  memcpy(last_text + last_len, "0\r\n\r\n", 5);
  last_len += 5;
}

static void unlink_conn(conn *c) {
  if (!c->next) return;
  c->next->prev = c->prev;
  c->prev->next = c->next;
  c->next = c->prev = NULL;
}

static void append(conn *c) {
  c->prev = queue.prev;
  c->next = &queue;
  queue.prev->next = c;
  queue.prev = c;
}

static void drop(conn *c) {
  unlink_conn(c);
  conns[c->fd] = NULL;
  close(c->fd);
  free(c->in);
  free(c);
}

static void want(conn *c, int out) {
  if (c->want_out == out) return;
  c->want_out = out;
  struct epoll_event e = {.events = out ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.fd = c->fd};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}

/* 1 when all is out, 0 when the other side must read first, -1 when it is gone. */
static int put(conn *c, const char *text, size_t length) {
  ssize_t n = send(c->fd, text, length, MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) return -1;
  size_t done = n < 0 ? 0 : (size_t)n;
  c->rest = text + done;
  c->rest_len = length - done;
  want(c, c->rest_len > 0 || interval_ms == 0);
  return c->rest_len == 0;
}

/* Sends the next piece; the caller looks after the queue. Returns -1 when the connection was dropped. */
static int step(conn *c) {
  if (c->rest_len > 0 && put(c, c->rest, c->rest_len) <= 0) return 0;
  int last = c->sent == events;
  int state = last ? put(c, last_text, last_len) : put(c, event_text, event_len);
  if (state < 0) {
    drop(c);
    return -1;
  }
  c->sent++;
  if (last) {
    c->streaming = 0;
    want(c, c->rest_len > 0);
  }
  return 0;
}

static void begin(conn *c) {
  static char first[2048];
  memcpy(first, head, head_len);
  memcpy(first + head_len, event_text, event_len);
  c->streaming = 1;
  c->sent = 1;
  if (put(c, first, head_len + event_len) < 0) {
    drop(c);
    return;
  }
  if (hold) {
    want(c, 0);
  } else if (interval_ms > 0) {
    c->due = now_us() + interval_ms * 1000L;
    append(c);
  }
}

static void on_read(conn *c) {
  ssize_t n = recv(c->fd, c->in + c->used, (size_t)(IN_MAX - c->used - 1), 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) {
    drop(c);
    return;
  }
  if (n < 0) return;
  c->used += (int)n;
  c->in[c->used] = 0;
  char *end = strstr(c->in, "\r\n\r\n");
  char *told = end ? strcasestr(c->in, "content-length:") : NULL;
  if (!told || c->used < (end + 4 - c->in) + atoi(told + 15)) return;
  c->used = 0;
  begin(c);
}

static void on_accept(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    if (fd >= MAX_FD) {
      close(fd);
      continue;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    conn *c = calloc(1, sizeof *c);
    c->fd = fd;
    c->in = malloc(IN_MAX);
    conns[fd] = c;
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
}

static void pace(void) {
  long now = now_us();
  while (queue.next != &queue && queue.next->due <= now) {
    conn *c = queue.next;
    unlink_conn(c);
    if (step(c) < 0 || !c->streaming) continue;
    c->due += interval_ms * 1000L;
    append(c);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  events = atoi(argv[2]);
  interval_ms = atoi(argv[3]);
  hold = atoi(argv[4]);
  prepare();
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 16384)) return 1;
  ep = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, ready[512];
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    int wait = -1;
    if (queue.next != &queue) {
      long left = queue.next->due - now_us();
      wait = left <= 0 ? 0 : (int)((left + 999) / 1000);
    }
    int n = epoll_wait(ep, ready, 512, wait);
    for (int i = 0; i < n; i++) {
      int fd = ready[i].data.fd;
      if (fd == listener) {
        on_accept(listener);
        continue;
      }
      if (conns[fd] && (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) on_read(conns[fd]);
      conn *c = conns[fd];
      if (!c || !(ready[i].events & EPOLLOUT)) continue;
      if (c->streaming && interval_ms == 0 && !hold) step(c);
      else if (c->rest_len > 0) put(c, c->rest, c->rest_len);
      else want(c, 0);
    }
    pace();
  }
}
