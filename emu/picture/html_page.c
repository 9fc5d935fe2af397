/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every page has: its style sheet, and nothing that is somewhere else. */
#include <stdarg.h>

#include "picture/markup.h"
#include "picture/parts.h"

static const char sheet[] =
    ":root{color-scheme:light dark;--fg:#1a1a1a;--dim:#555;--bg:#fff;--line:#bbb;--soft:#f3f3f3;--link:#0057a3;"
    "--pass:#007a59;--fail:#b34700;--doubt:#7a5c00}\n"
    "@media (prefers-color-scheme:dark){:root{--fg:#ececec;--dim:#b5b5b5;--bg:#161616;--line:#555;--soft:#222;"
    "--link:#7cc0ff;--pass:#3fd0a5;--fail:#ff9a4d;--doubt:#e6b34d}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:12px;max-width:1284px;background:var(--bg);color:var(--fg);"
    "font:15px/1.45 system-ui,'Liberation Sans',Arial,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:20px;margin:0 0 8px}h2{font-size:18px;margin:28px 0 8px;border-bottom:1px solid var(--line)}\n"
    "h3{font-size:15px;margin:0}a{color:var(--link)}p{margin:6px 0}.dim{color:var(--dim)}\n"
    "pre,code,td,th{font-family:ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace;font-size:12px}\n"
    "pre{white-space:pre-wrap;margin:8px 0;overflow-wrap:anywhere}\n"
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:2px 10px 2px 0;"
    "border-bottom:1px solid var(--line)}td.r,th.r{text-align:right}\n"
    ".facts th{font-weight:normal;color:var(--dim);white-space:nowrap}\n"
    ".wide{overflow-x:auto}.wide td,.wide th{overflow-wrap:normal;white-space:nowrap}\n"
    ".word{display:inline-block;padding:2px 10px;margin-right:8px;border:3px solid;font-weight:bold}\n"
    ".pass{color:var(--pass)}.fail{color:var(--fail)}.doubt{color:var(--doubt)}.none{color:var(--dim)}\n"
    ".side{display:flex;flex-wrap:wrap;gap:16px}.side>svg,.side>div{flex:none;max-width:100%}\n"
    ".lines td{white-space:pre-wrap;border:0}.lines th{border:0}\n"
    ".side>div{flex:1 1 320px;min-width:0}.side>div.empty{flex:0 0 272px;color:var(--dim);font-size:13px}svg{max-width:100%;height:auto}\n"
    "ul.legend{list-style:none;margin:4px 0;padding:0;display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px}\n"
    "ul.legend svg{vertical-align:-2px}ul.legend .dim{min-width:80px}\n"
    ".finding{border:1px solid var(--line);border-left:6px solid var(--fail);padding:8px 12px;margin:10px 0;"
    "background:var(--soft)}.finding.warning{border-left:6px dashed var(--doubt)}"
    ".finding.note{border-left:6px dotted var(--dim)}\n"
    ".finding:target{outline:3px solid var(--link)}\n"
    "details{margin:8px 0}summary{cursor:pointer}\n"
    ".grid td,.grid th{border:1px solid var(--line);padding:4px 8px}.grid td{border-left-width:5px}\n"
    ".grid td.pass{border-left:5px solid var(--pass)}.grid td.fail{border-left:5px double var(--fail)}"
    ".grid td.doubt{border-left:5px dashed var(--doubt)}.grid td.none{border-left:5px dotted var(--line)}\n"
    ".grid a{color:inherit}\n"
    "@media print{body{max-width:none;font-size:11px}.finding{break-inside:avoid;background:none}"
    ".wide{overflow:visible}.wide td{white-space:normal}}\n";

void html_begin(const char *title, FILE *out)
{
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n<title>",
        out);
    markup(out, title);
    fputs("</title>\n<style>\n", out);
    fputs(sheet, out);
    style_sheet(out);
    fputs("</style>\n</head>\n<body>\n<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">",
          out);
    style_defs(out);
    fputs("</svg>\n", out);
}

void html_end(FILE *out)
{
    fputs("</body>\n</html>\n", out);
}

void html_fact(const char *label, FILE *out, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    fprintf(out, "<tr><th scope=\"row\">%s</th><td>", label);
    markup(out, text);
    fputs("</td></tr>\n", out);
}
