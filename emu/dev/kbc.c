/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An i8042 without keyboard or mouse: self tests pass, the controller can reset the machine. */
#include "dev/device.h"

#define PORT_DATA 0x60
#define PORT_COMMAND 0x64

#define STATUS_OUTPUT_FULL 0x01u
#define STATUS_IDLE 0x18u /* last write was a command, keyboard not locked: QEMU's value after reset */

#define OUTPORT_RUN 0x01u /* output port bit 0: low resets the CPU */

struct kbc {
    uint8_t output;
    bool full;        /* @output has not been read */
    uint8_t mode;     /* controller command byte */
    uint8_t awaiting; /* the command whose data byte comes next, 0 for none */
    struct platform *platform;
};

static void answer(struct kbc *k, uint8_t byte)
{
    k->output = byte;
    k->full = true;
}

static uint64_t kbc_read(void *self, uint64_t port, unsigned size)
{
    struct kbc *k = self;
    (void)size;
    if (port == PORT_COMMAND)
        return STATUS_IDLE | (k->full ? STATUS_OUTPUT_FULL : 0);
    k->full = false;
    return k->output;
}

static void command(struct kbc *k, uint8_t cmd)
{
    k->awaiting = 0;
    switch (cmd) {
    case 0x20:
        answer(k, k->mode);
        break; /* read the command byte */
    case 0xAA:
        answer(k, 0x55);
        break; /* controller self test: good */
    case 0xA9: /* mouse and … */
    case 0xAB:
        answer(k, 0x00);
        break; /* … keyboard interface tests: good */
    case 0xD0:
        answer(k, OUTPORT_RUN | 2);
        break; /* output port: running, A20 open */
    case 0x60: /* write the command byte */
    case 0xD1:
        k->awaiting = cmd;
        break; /* write the output port */
    case 0xFE:
        k->platform->reset = RESET_8042;
        break;
    default:
        break;
    }
}

static void kbc_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct kbc *k = self;
    (void)size;
    if (port == PORT_COMMAND) {
        command(k, (uint8_t)value);
        return;
    }
    if (k->awaiting == 0x60)
        k->mode = (uint8_t)value;
    else if (k->awaiting == 0xD1 && (value & OUTPORT_RUN) == 0)
        k->platform->reset = RESET_8042;
    k->awaiting = 0;
}

static const struct device_ops kbc_ops = {.name = "i8042", .read = kbc_read, .write = kbc_write};

bool kbc_init(const struct device_env *e)
{
    struct kbc *k = device_new(e->bus, sizeof *k);
    if (k == NULL)
        return false;
    k->platform = e->platform;
    return bus_claim_io(e->bus, PORT_DATA, PORT_DATA, &kbc_ops, k) &&
           bus_claim_io(e->bus, PORT_COMMAND, PORT_COMMAND, &kbc_ops, k);
}
