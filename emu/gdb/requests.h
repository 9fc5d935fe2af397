/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the client may ask for, one function a packet; @args is what stands behind the packet's name. And what they
 * answer with. For the files of this room only.
 */
#ifndef HVMBED_GDB_REQUESTS_H
#define HVMBED_GDB_REQUESTS_H

#include "gdb/internal.h"

enum gdb_outcome {
    GDB_ANSWERED, /* with what is in s->out */
    GDB_RESUME,
    GDB_OUTSIDE_FIRST, /* to be done when the engine is out */
    GDB_GONE,          /* no client any more */
};

/* Appends. */
void gdb_answer_hex(struct gdb_session *s, const void *bytes, size_t n);
void gdb_answer_register(struct gdb_session *s, unsigned i);
enum gdb_outcome gdb_reply(struct gdb_session *s, const char *text);

enum gdb_outcome gdb_do_all_registers(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_one_register(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_set_register(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_set_all_registers(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_read_memory(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_write_memory(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_write_binary(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_get_physical(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_set_physical(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_choose_thread(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_is_alive(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_current_thread(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_first_threads(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_more_threads(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_about_thread(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_go_on(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_step(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_go_on_signalled(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_step_signalled(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_resume_threads(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_can_resume(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_detach(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_quit(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_quit_politely(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_why_stopped(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_set_point(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_remove_point(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_supported(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_no_ack(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_attached(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_description(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_libraries(struct gdb_session *s, const char *args);
enum gdb_outcome gdb_do_command(struct gdb_session *s, const char *args);

#endif
