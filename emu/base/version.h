/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which hvmbed this is. docs/install.md says what else names it. */
#ifndef HVMBED_BASE_VERSION_H
#define HVMBED_BASE_VERSION_H

#define HVMBED_VERSION "0.1.0"
#define HVMBED_DATE "November 29, 2026" /* of the manual, as mdoc(7) wants it */

#endif
