// SPDX-License-Identifier: GPL-2.0-only
/* The head, the style sheet and the escaping that all HTML reports share. */
#include "html/page.h"

const char html_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'\">\n"
	"<link rel=\"icon\" href=\"data:,\">\n";

const char html_style[] =
	/* Colours: text on each has a contrast of 4.5 or more. */
	":root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#5a6675;"
	"--line:#d9dee5;--good:#1a7f4b;--attention:#9a5b00;--bad:#c42b2b;--sent:#2f6fd0;"
	"--refused:#d08a00;--ejected:#0d8f8f;--unknown:#8a94a3;--gate:#f0c24b38;--gatel:#d9a41f;"
	"--held:#5b4bb3;--torn:#4a5563;--tornband:#4a556326}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e6eaf0;"
	"--soft:#9aa7b6;--line:#333d4a;--good:#4fc98a;--attention:#e5a84a;--bad:#ff7a73;"
	"--sent:#6ea3f5;--refused:#e0a52e;--ejected:#3cc4c0;--unknown:#7d8896;--gate:#e0a52e26;"
	"--gatel:#b98a26;--held:#6f5fd0;--torn:#66748a;--tornband:#9aa7b630}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"
	"\"Segoe UI\",Roboto,\"Liberation Sans\",sans-serif;overflow-wrap:break-word}\n"
	"main{max-width:1040px;margin:0 auto;padding:24px 16px 48px}\n"
	"h1{font-size:1.65rem;line-height:1.2;margin:4px 0 8px}\n"
	"h2{font-size:1.05rem;margin:0 0 8px}\n"
	"p{margin:0 0 8px}\n"
	".over{color:var(--soft);font-size:.9rem;margin:0}\n"
	"section{background:var(--card);border:1px solid var(--line);border-radius:10px;"
	"padding:16px 18px;margin-top:14px}\n"
	".verdict{border-left:6px solid var(--grade)}\n"
	".verdict h1{color:var(--grade)}\n"
	".good{--grade:var(--good)}.attention{--grade:var(--attention)}.alarm{--grade:var(--bad)}\n"
	".tiles{display:grid;grid-template-columns:repeat(5,1fr);gap:10px;"
	"padding:0;border:0;background:none}\n"
	".tiles div{background:var(--card);border:1px solid var(--line);border-radius:10px;"
	"padding:9px 12px}\n"
	".tiles strong,.tiles b{display:block;font-size:1.3rem;line-height:1.25;font-variant-numeric:tabular-nums}\n"
	".tiles span{color:var(--soft);font-size:.8rem;line-height:1.3;display:block}\n"
	".tiles .bad strong,.tiles .bad b{color:var(--bad)}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;margin:10px 0 0;"
	"font-size:.92rem}\n"
	"dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
	"ul{margin:0;padding-left:1.2em}li{margin-bottom:4px}\n"
	"figure{margin:0}figure+figure{margin-top:18px}\n"
	"figcaption{color:var(--soft);font-size:.85rem;margin-top:4px}\n"
	"h3{font-size:.95rem;margin:0 0 2px}\n"
	"table{border-collapse:collapse;width:100%;font-size:.88rem}\n"
	"th{text-align:left;color:var(--soft);font-weight:600}\n"
	"td,th{padding:4px 10px 4px 0;vertical-align:top;border-bottom:1px solid var(--line)}\n"
	"tr:last-child td{border-bottom:0}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
	".free{overflow-wrap:anywhere}\n"
	"td.bad,tr.bad td{color:var(--bad);font-weight:600}\n"
	".no{display:inline-block;min-width:20px;height:20px;line-height:18px;border-radius:10px;"
	"border:1px solid var(--soft);text-align:center;font-size:.72rem;padding:0 3px}\n"
	".soft{color:var(--soft)}\n"
	".legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.82rem;color:var(--soft);"
	"margin:10px 0 0}\n"
	".legend i{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:6px;"
	"vertical-align:-1px}\n"
	"footer{color:var(--soft);font-size:.8rem;margin-top:16px}\n"
	/* The drawing. */
	"svg{display:block;width:100%}\n"
	"svg text{font:11px system-ui,-apple-system,\"Segoe UI\",Roboto,\"Liberation Sans\","
	"sans-serif;fill:var(--ink)}\n"
	"svg .t{fill:var(--soft);font-size:10.5px}svg .l.own{font-weight:700}\n"
	"svg .bad{fill:var(--bad)}svg .in{fill:#fff;font-weight:600}\n"
	".lane{stroke:var(--line)}.tick{stroke:var(--soft)}\n"
	".request{stroke:var(--held);stroke-width:1.2;stroke-dasharray:3 3}\n"
	".cut{stroke:var(--bad);stroke-width:2;stroke-dasharray:5 3}\n"
	"rect.gate{fill:var(--gate)}rect.teardown{fill:var(--tornband)}\n"
	"rect.held{fill:var(--held)}rect.torn{fill:var(--torn)}\n"
	/* Sends have an outline, or what takes a microsecond could not be seen. */
	"rect.sent,rect.refused,rect.ejected,rect.unknown,rect.unsafe{fill:currentColor;"
	"stroke:currentColor}\n"
	"rect.sent{color:var(--sent)}rect.refused{color:var(--refused)}\n"
	"rect.ejected{color:var(--ejected)}rect.unknown{color:var(--unknown)}\n"
	"rect.unsafe{color:var(--bad)}\n"
	".m circle{fill:var(--card);stroke:var(--held);stroke-width:1.3}\n"
	"svg .m text{font-size:10.5px;text-anchor:middle;font-weight:600}\n"
	".m.down circle{stroke:var(--torn)}.m.bad circle{fill:var(--bad);stroke:var(--bad)}\n"
	"svg .m.bad text{fill:var(--card)}\n"
	".strip{display:flex;flex-wrap:wrap;gap:3px}\n"
	".strip i{width:14px;height:14px;border-radius:3px;background:var(--good)}\n"
	".strip i.bad{background:var(--bad)}.strip i.open{background:var(--unknown)}\n"
	/* A phone: tables whose rows are little blocks. */
	"@media(max-width:640px){main{padding:14px 10px 32px}section{padding:13px 12px}.drawing{padding:13px 8px}"
	"h1{font-size:1.35rem}"
	".tiles{grid-template-columns:repeat(2,1fr)}dl{grid-template-columns:1fr;gap:0}"
	"dd{margin-bottom:6px}.wideonly{display:none}"
	".steps thead{display:none}"
	".steps tr{display:grid;grid-template-columns:26px 84px 1fr;column-gap:8px;"
	"border-bottom:1px solid var(--line);padding:5px 0}.steps td{border:0;padding:0}"
	".steps td.n{text-align:left}.steps td:nth-child(3){font-weight:600}.steps td:nth-child(4){grid-column:2/4}"
	".who thead{display:none}.who tr{display:flex;flex-wrap:wrap;gap:0 14px;padding:5px 0;"
	"border-bottom:1px solid var(--line)}.who td{border:0;padding:0}"
	".who td:first-child{flex-basis:100%;font-weight:600}"
	".who td.n::before{content:attr(data-l) \" \";color:var(--soft)}}\n"
	/* Paper: always light, nothing torn in two. */
	"@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#444;"
	"--line:#bbb;--good:#1a7f4b;--attention:#9a5b00;--bad:#c42b2b;--sent:#2f6fd0;"
	"--refused:#d08a00;--ejected:#0d8f8f;--unknown:#8a94a3;--gate:#f0c24b38;--gatel:#d9a41f;"
	"--held:#5b4bb3;--torn:#4a5563;--tornband:#4a556326}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
	"body{font-size:11pt}main{max-width:none;padding:0 1px}h2,h3{break-after:avoid}"
	"section{break-inside:avoid;padding:10px 12px;margin-top:10px}section.long{break-inside:auto}"
	"tr,figure,.tiles div{break-inside:avoid}thead{display:table-header-group}"
	".tiles{grid-template-columns:repeat(5,1fr)}"
	"@page{margin:14mm}}\n";

void html_escape(FILE *out, const char *text)
{
	static const char *const entities[] = {
		['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&#39;",
	};
	const size_t n = sizeof(entities) / sizeof(entities[0]);

	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < n && entities[c])
			fputs(entities[c], out);
		else
			fputc(c, out);
	}
}

void html_text(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	html_escape(out, text);
	fputs(after, out);
}

void html_fact(FILE *out, const char *name, const char *value)
{
	fprintf(out, "<dt>%s</dt>", name);
	html_text(out, "<dd>", value, "</dd>\n");
}
