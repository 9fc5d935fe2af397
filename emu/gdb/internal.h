/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_GDB_INTERNAL_H
#define HVMBED_GDB_INTERNAL_H

#include <stdio.h>

#include "gdb/gdb.h"
#include "gdb/link.h"
#include "gdb/packet.h"
#include "gdb/points.h"

/* Signals as the protocol numbers them. */
enum gdb_signal { GDB_SIGINT = 2, GDB_SIGILL = 4, GDB_SIGTRAP = 5, GDB_SIGFPE = 8, GDB_SIGSEGV = 11 };

struct gdb_stop {
    enum gdb_signal signal;
    char reason[48]; /* "swbreak:;" or the like, or "" */
};

#define NO_PHASE (-1)

struct gdb_session {
    struct gdb_link *link;
    struct symbols *symbols; /* its own: what a report says of symbols is what the checks asked for */
    struct monitor *mon;
    struct machine *m;

    /* the conversation */
    struct gdb_reader reader;
    bool attached, killed, lost;
    bool no_ack, tells_breaks; /* as agreed */
    bool physical;             /* addresses of memory packets are guest-physical */
    unsigned cpu;              /* whose registers and memory are asked for */
    struct gdb_stop stop;      /* the last one */
    char *xfer;                /* what is being read in pieces; owned */
    size_t xfer_size;
    char out[GDB_PACKET_MAX];
    size_t nr_out;
    char frame[GDB_FRAME_MAX(GDB_PACKET_MAX)]; /* the last packet, to be said again */
    size_t nr_frame;

    /* the run */
    bool outside;      /* the engine is out: things may be changed */
    bool leaving;      /* a packet waits for that */
    bool first, fresh; /* nothing, or nothing since it was resumed, has been executed */
    bool over;         /* the run has ended */
    bool stepping;
    unsigned step_cpu;
    bool interrupted;
    unsigned until_poll; /* instructions until the link is looked at */
    struct gdb_points points;
    struct {
        bool any;
        enum gdb_point_kind kind;
        uint64_t gva;
    } access; /* the first one that hit a watch */

    /* what the client has been told of */
    size_t findings, modules, unloaded;
    enum phase stage;
    uint64_t exits;
    enum unpack_state unpack;
    bool library_news;

    /* where else to stop */
    bool at_findings;
    char at_module[64];
    int at_phase;
};

/* stub.c: the conversation */
void gdb_answer_begin(struct gdb_session *s);
void gdb_answer(struct gdb_session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text on the client's console, while it waits for an answer or a stop. */
void gdb_say(struct gdb_session *s, const char *text, size_t n);
void gdb_send(struct gdb_session *s);
/* Tells why it stopped. */
void gdb_tell_stop(struct gdb_session *s);
/* Answers packets until the guest is to run, or the engine must come out first (s->leaving). */
void gdb_converse(struct gdb_session *s);

/* view.c: the guest as the client sees it */
/* Up to @n bytes from @at on; how many there are. Devices are not asked. */
size_t gdb_memory_read(struct gdb_session *s, uint64_t at, uint8_t *out, size_t n);
bool gdb_memory_write(struct gdb_session *s, uint64_t at, const uint8_t *in, size_t n);
/* UINT64_MAX: nowhere. */
uint64_t gdb_to_gpa(struct gdb_session *s, uint64_t at);
enum code_width gdb_width(struct gdb_session *s, unsigned cpu);
const char *gdb_mode(struct gdb_session *s, unsigned cpu);
bool gdb_cpu_there(struct gdb_session *s, unsigned cpu);

/* watch.c */
bool gdb_watch(struct gdb_session *s, const struct gdb_point *p);
/* What is there now is known. */
void gdb_watch_refresh(struct gdb_session *s);
/* The host has written to watched bytes: Xen, a device, or what is done for SEC. */
bool gdb_watch_host(struct gdb_session *s);

/* libraries.c: modules with symbols, as the client's shared libraries */
bool gdb_has_symbols(struct gdb_session *s, const struct module *mod, struct symbols_match *out);
void gdb_libraries(struct gdb_session *s, FILE *out);

/* commands.c: "monitor …" */
void gdb_command(struct gdb_session *s, const char *line, FILE *out);

#endif
