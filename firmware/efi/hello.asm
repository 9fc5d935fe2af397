; SPDX-License-Identifier: GPL-2.0-or-later
; A loader that does nothing wrong.
%define HELLO __utf16__("hvmbed: an EFI program runs")
%include "app.inc"
