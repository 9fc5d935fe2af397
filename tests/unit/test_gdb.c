/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gdb/packet.h"
#include "gdb/parse.h"
#include "gdb/points.h"
#include "gdb/registers.h"

static enum gdb_event feed(struct gdb_reader *r, const char *bytes, size_t n)
{
    enum gdb_event e = GDB_MORE;
    for (size_t i = 0; i < n; i++)
        e = gdb_feed(r, (uint8_t)bytes[i]);
    return e;
}
#define FEED(r, text) feed(r, text, sizeof(text) - 1)

static void reads_packets(void **state)
{
    static struct gdb_reader r;
    (void)state;
    r = (struct gdb_reader){.n = 0};
    assert_int_equal(FEED(&r, "+"), GDB_ACK);
    assert_int_equal(FEED(&r, "-"), GDB_NAK);
    assert_int_equal(FEED(&r, "\x03"), GDB_INTERRUPT);
    assert_int_equal(FEED(&r, "x"), GDB_GARBAGE);
    assert_int_equal(FEED(&r, "$m0,4#fd"), GDB_PACKET);
    assert_string_equal(r.data, "m0,4");
    assert_int_equal(FEED(&r, "$#00"), GDB_PACKET);
    assert_int_equal(r.n, 0);
    assert_int_equal(FEED(&r, "$?#3F"), GDB_PACKET);
    /* escaped: the sum is over what is sent */
    assert_int_equal(FEED(&r, "$X}\x03}\x04}]#33") == GDB_PACKET ? r.n : 0, 4);
    assert_memory_equal(r.data, "X#$}", 4);
}

static void refuses_damaged_packets(void **state)
{
    static struct gdb_reader r;
    (void)state;
    r = (struct gdb_reader){.n = 0};
    assert_int_equal(FEED(&r, "$m0,4#fe"), GDB_DAMAGED);
    assert_int_equal(FEED(&r, "$m0,4#zz"), GDB_DAMAGED);
    assert_int_equal(FEED(&r, "$m0,4#f$"), GDB_DAMAGED);
    /* one that was cut off by the next */
    assert_int_equal(FEED(&r, "$m0,$?#3f"), GDB_PACKET);
    assert_string_equal(r.data, "?");
    /* an escape of nothing */
    assert_int_equal(FEED(&r, "$a}#de"), GDB_DAMAGED);
    assert_int_equal(FEED(&r, "$?#3f"), GDB_PACKET);
    /* longer than is told: all of it is swallowed, and what follows is read */
    assert_int_equal(FEED(&r, "$"), GDB_MORE);
    uint8_t sum = 0;
    for (unsigned i = 0; i < GDB_PACKET_MAX + 1; i++, sum += 'a')
        assert_int_equal(FEED(&r, "a"), GDB_MORE);
    char end[8];
    (void)snprintf(end, sizeof end, "#%02x", sum);
    assert_int_equal(feed(&r, end, 3), GDB_DAMAGED);
    assert_int_equal(FEED(&r, "$?#3f"), GDB_PACKET);
}

static void frames_what_it_reads(void **state)
{
    static struct gdb_reader r;
    char frame[GDB_FRAME_MAX(256)];
    char all[256];
    (void)state;
    r = (struct gdb_reader){.n = 0};
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (char)i;
    const size_t n = gdb_frame(all, sizeof all, frame);
    assert_true(n <= sizeof frame);
    assert_int_equal(feed(&r, frame, n), GDB_PACKET);
    assert_int_equal(r.n, sizeof all);
    assert_memory_equal(r.data, all, sizeof all);
    assert_int_equal(gdb_frame("OK", 2, frame), 6);
    assert_memory_equal(frame, "$OK#9a", 6);
}

static void parses_numbers(void **state)
{
    (void)state;
    uint64_t v, n;
    const char *p = "ffffffffffffffff,";
    assert_true(gdb_number(&p, &v) && v == UINT64_MAX && *p == ',');
    p = "10000000000000000"; /* 17 digits */
    assert_false(gdb_number(&p, &v));
    p = "";
    assert_false(gdb_number(&p, &v));
    p = "x1";
    assert_false(gdb_number(&p, &v));
    p = "1000,20:";
    assert_true(gdb_range(&p, &v, &n) && v == 0x1000 && n == 0x20 && *p == ':');
    p = "ffffffffffffffff,2";
    assert_false(gdb_range(&p, &v, &n));
    p = "1000";
    assert_false(gdb_range(&p, &v, &n));
    p = "1000,";
    assert_false(gdb_range(&p, &v, &n));
}

static void parses_bytes(void **state)
{
    (void)state;
    uint8_t out[4];
    size_t n;
    char text[9];
    assert_true(gdb_bytes("00fF7a", out, sizeof out, &n) && n == 3 && out[1] == 0xff && out[2] == 0x7a);
    assert_true(gdb_bytes("", out, sizeof out, &n) && n == 0);
    assert_false(gdb_bytes("0", out, sizeof out, &n));
    assert_false(gdb_bytes("0g", out, sizeof out, &n));
    assert_false(gdb_bytes("0011223344", out, sizeof out, &n)); /* no room */
    gdb_hex("\x01\xab\xff\x00", 4, text);
    assert_string_equal(text, "01abff00");
}

static void parses_points(void **state)
{
    (void)state;
    struct gdb_point p;
    assert_true(gdb_parse_point("0,fff0,1", &p) && p.kind == GDB_BREAK && p.at == 0xfff0);
    assert_true(gdb_parse_point("2,1000,8;X1,0", &p) && p.kind == GDB_WATCH_WRITE && p.size == 8);
    assert_false(gdb_parse_point("5,1000,8", &p));
    assert_false(gdb_parse_point("0", &p));
    assert_false(gdb_parse_point("", &p));
    assert_false(gdb_parse_point("0,,", &p));
    assert_false(gdb_parse_point("0,1000,1x", &p));
    assert_false(gdb_parse_point("2,ffffffffffffffff,8", &p));
}

static void parses_what_to_resume(void **state)
{
    (void)state;
    struct gdb_resume r;
    assert_true(gdb_parse_vcont(";c", &r) && !r.step);
    assert_true(gdb_parse_vcont(";s:2;c", &r) && r.step && r.thread == 2);
    assert_true(gdb_parse_vcont(";c:1;s:3", &r) && r.step && r.thread == 3);
    assert_true(gdb_parse_vcont(";S05", &r) && r.step && r.thread == 0);
    assert_true(gdb_parse_vcont(";C0b:-1", &r) && !r.step);
    assert_false(gdb_parse_vcont("", &r));
    assert_false(gdb_parse_vcont(";", &r));
    assert_false(gdb_parse_vcont(";t", &r));
    assert_false(gdb_parse_vcont(";r1000,2000:1", &r));
    assert_false(gdb_parse_vcont(";C:1", &r));
    assert_false(gdb_parse_vcont(";c:", &r));
    assert_false(gdb_parse_vcont(";c:-2", &r));
    assert_false(gdb_parse_vcont(";s:ffffffffff", &r));
    assert_false(gdb_parse_vcont(";cc", &r));
}

static void breaks(void **state)
{
    (void)state;
    struct gdb_points *p = calloc(1, sizeof *p);
    struct gdb_point b = {.kind = GDB_BREAK, .at = 0x1000, .size = 1};
    assert_non_null(p);
    assert_null(gdb_break_at(p, 0x1000));
    assert_true(gdb_break_set(p, &b) && gdb_break_set(p, &b));
    assert_int_equal(p->nr, 1);
    assert_non_null(gdb_break_at(p, 0x1000));
    assert_null(gdb_break_at(p, 0x1001));
    b.kind = GDB_HARDWARE_BREAK; /* the same place, set twice and removed once */
    assert_true(gdb_break_set(p, &b));
    gdb_break_remove(p, &b);
    assert_non_null(gdb_break_at(p, 0x1000));
    b.kind = GDB_BREAK;
    gdb_break_remove(p, &b);
    gdb_break_remove(p, &b);
    assert_null(gdb_break_at(p, 0x1000));
    for (b.at = 0; b.at < GDB_BREAKS_MAX; b.at++)
        assert_true(gdb_break_set(p, &b));
    assert_false(gdb_break_set(p, &b));
    free(p);
}

static void watches(void **state)
{
    (void)state;
    struct gdb_points *p = calloc(1, sizeof *p);
    struct gdb_point at = {.kind = GDB_WATCH_WRITE, .at = 0x10ffc, .size = 8};
    uint64_t gva;
    assert_non_null(p);
    struct gdb_watch *w = gdb_watch_set(p, &at);
    assert_non_null(w);
    assert_int_equal(w->nr, 2); /* its two pages lie apart */
    w->gpa[0] = 0x500ffc;
    w->gpa[1] = 0x700000;
    assert_non_null(gdb_watch_hit(p, true, 0x500ff8, 8, &gva));
    assert_int_equal(gva, 0x10ffc);
    assert_non_null(gdb_watch_hit(p, true, 0x700003, 1, &gva));
    assert_int_equal(gva, 0x11003);
    assert_null(gdb_watch_hit(p, true, 0x700004, 4, &gva));
    assert_null(gdb_watch_hit(p, true, 0x500ff8, 4, &gva));
    assert_null(gdb_watch_hit(p, true, 0x501000, 4, &gva));
    assert_null(gdb_watch_hit(p, false, 0x500ffc, 4, &gva)); /* a read */
    w->gpa[0] = UINT64_MAX;                                  /* nowhere */
    assert_null(gdb_watch_hit(p, true, 0x500ff8, 8, &gva));
    gdb_watch_remove(p, &at);
    gdb_watch_remove(p, &at);
    assert_int_equal(p->nr_watches, 0);
    at.kind = GDB_WATCH_ACCESS;
    assert_non_null(w = gdb_watch_set(p, &at));
    w->gpa[0] = 0x500ffc;
    w->gpa[1] = UINT64_MAX;
    assert_non_null(gdb_watch_hit(p, false, 0x500ffc, 4, &gva));
    assert_non_null(gdb_watch_hit(p, true, 0x500ffc, 4, &gva));
    at.size = 0;
    assert_null(gdb_watch_set(p, &at));
    at.size = GDB_WATCH_BYTES_MAX + 1;
    assert_null(gdb_watch_set(p, &at));
    gdb_points_free(p);
    free(p);
}

/* gdb numbers registers by the description: general, x87, SSE registers at the numbers that it has itself. */
static void describes(void **state)
{
    (void)state;
    char *xml = NULL;
    size_t n = 0, bits = 0;
    FILE *out = open_memstream(&xml, &n);
    assert_non_null(out);
    gdb_describe(out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(gdb_registers[0].name, "rax");
    assert_string_equal(gdb_registers[16].name, "rip");
    assert_string_equal(gdb_registers[24].name, "st0");
    assert_string_equal(gdb_registers[40].name, "xmm0");
    assert_string_equal(gdb_registers[56].name, "mxcsr");
    for (unsigned i = 0; i < gdb_nr_registers; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "<reg name=\"%s\" bitsize=\"%u\"", gdb_registers[i].name,
                       gdb_registers[i].bits);
        assert_non_null(strstr(xml, line));
        assert_int_equal(gdb_registers[i].bits % 8, 0);
        assert_true(gdb_registers[i].bits <= 8 * ENGINE_REGISTER_SIZE);
        bits += gdb_registers[i].bits;
    }
    assert_true(2 * bits / 8 < GDB_PACKET_MAX); /* "g" fits */
    free(xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_packets),
        cmocka_unit_test(refuses_damaged_packets),
        cmocka_unit_test(frames_what_it_reads),
        cmocka_unit_test(parses_numbers),
        cmocka_unit_test(parses_bytes),
        cmocka_unit_test(parses_points),
        cmocka_unit_test(parses_what_to_resume),
        cmocka_unit_test(breaks),
        cmocka_unit_test(watches),
        cmocka_unit_test(describes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
