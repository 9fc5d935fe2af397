/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVMBED_BASE_VERSION_H
#define HVMBED_BASE_VERSION_H

#define HVMBED_VERSION "0.1.0"

#endif
