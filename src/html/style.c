// SPDX-License-Identifier: GPL-2.0-only
/* The style sheet that all HTML reports share: light and dark, screen, phone and paper. */
#include "html/page.h"

/*
 * Text has a contrast of 4.5 or more to what is below it, shapes 3. Blue, orange and crimson differ for
 * readers without red or green, too, and each shape has a form or a pattern of its own.
 */
#define LIGHT                                                                                      \
	"--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#55606e;--line:#d9dee5;--good:#17703f;"     \
	"--attention:#8a4f00;--bad:#b3142b;--held:#4a3f9e;--kept:#7d2f86;--gate:#e3e9f2;"          \
	"--torn:#3d4855;--sent:#1567b8;--refused:#a34a00;--ejected:#00695c;--unknown:#626e7c;"     \
	"--code:#eef1f5"
#define DARK                                                                                       \
	"--bg:#12161c;--card:#1b212a;--ink:#e6eaf0;--soft:#a5b0be;--line:#3a4553;--good:#4fc98a;"  \
	"--attention:#eab35c;--bad:#ff8a85;--held:#a9a2f5;--kept:#dd97e2;--gate:#2a3648;"          \
	"--torn:#aab6c4;--sent:#6fb1ff;--refused:#f2a65a;--ejected:#4fd1bd;--unknown:#94a1b0;"     \
	"--code:#262e39"
#define FONT "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Liberation Sans\",sans-serif"

const char html_style[] =
	":root{color-scheme:light dark;" LIGHT "}\n"
	"@media(prefers-color-scheme:dark){:root{" DARK "}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 " FONT
	";overflow-wrap:break-word}\n"
	"main{max-width:1040px;margin:0 auto;padding:24px 16px 48px}\n"
	"h1{font-size:1.65rem;line-height:1.2;margin:4px 0 8px;overflow-wrap:anywhere}\n"
	"h2{font-size:1.05rem;margin:0 0 8px}\n"
	"p{margin:0 0 8px}a{color:inherit}\n"
	".over{color:var(--soft);font-size:.9rem;margin:0}\n"
	"section{background:var(--card);border:1px solid var(--line);border-radius:10px;"
	"padding:16px 18px;margin-top:14px}\n"
	/* The verdict. */
	".verdict{border-left:6px solid var(--grade)}\n"
	".verdict h1{color:var(--grade)}.verdict h2{margin:14px 0 6px}\n"
	".good{--grade:var(--good)}.attention{--grade:var(--attention)}.alarm{--grade:var(--bad)}\n"
	".attention{border-left-style:dashed}.alarm{border-left-style:double}\n"
	"ul,ol{margin:0;padding-left:1.3em}li{margin-bottom:4px}\n"
	".culprits{list-style:none;padding:0;margin-bottom:8px}.culprits strong{color:var(--bad)}\n"
	".next li{margin-bottom:8px}\n"
	"code{font:.9em ui-monospace,\"Liberation Mono\",monospace;background:var(--code);"
	"border-radius:4px;padding:2px 6px;overflow-wrap:anywhere}\n"
	".next code{display:block;width:fit-content;max-width:100%;margin-top:2px}\n"
	/* Numbers and facts. */
	".tiles dl{display:grid;grid-template-columns:repeat(5,1fr);gap:10px;margin:0}\n"
	".tiles div{border:1px solid var(--line);border-radius:8px;padding:8px 11px;display:flex;"
	"flex-direction:column-reverse;justify-content:flex-end}\n"
	".tiles dd{margin:0;font-size:1.25rem;font-weight:700;line-height:1.25;"
	"font-variant-numeric:tabular-nums}\n"
	".tiles dt{color:var(--soft);font-size:.8rem;line-height:1.3}\n"
	".tiles .bad dd{color:var(--bad)}\n"
	".facts{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;margin:10px 0 0;"
	"font-size:.92rem}\n"
	".facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}\n"
	/* Tables. */
	"figure{margin:0}\n"
	"figcaption{color:var(--soft);font-size:.85rem;margin-top:4px}\n"
	"table{border-collapse:collapse;width:100%;font-size:.88rem}\n"
	"th{text-align:left;font-weight:600}thead th{color:var(--soft)}tbody th{font-weight:400}\n"
	"td,th{padding:4px 10px 4px 0;vertical-align:top;border-bottom:1px solid var(--line)}\n"
	"tr:last-child td,tr:last-child th{border-bottom:0}abbr{text-decoration:none}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}thead th.n{text-align:right}\n"
	".free{overflow-wrap:anywhere}\n"
	"td.bad,tr.bad td,tr.bad th{color:var(--bad);font-weight:600}tr.phase td:nth-child(3){font-weight:700}\n"
	".no{display:inline-block;min-width:20px;height:20px;line-height:18px;border-radius:10px;"
	"border:1px solid var(--soft);text-align:center;font-size:.72rem;padding:0 3px}\n"
	".soft{color:var(--soft)}\n"
	"footer{color:var(--soft);font-size:.8rem;margin-top:16px}\n"
	/* The drawing. Texts have an edge, so that they can be read where a line goes through. */
	"figure>svg{display:block;width:100%;stroke:none;overflow:visible}\n"
	"svg text{font:11px " FONT ";fill:var(--ink);stroke:var(--card);stroke-width:3px;"
	"stroke-linejoin:round;paint-order:stroke}\n"
	"svg .t{fill:var(--soft)}svg .own,svg .flag{font-weight:700}svg text.bad{fill:var(--bad)}\n"
	".lane{stroke:var(--line)}.tick{stroke:var(--soft)}\n"
	".up{stroke:var(--torn);stroke-width:4}.down{stroke:var(--torn);stroke-dasharray:2 4}\n"
	".pole{stroke:var(--soft)}.pole.bad{stroke:var(--bad);stroke-width:2}\n"
	".request{stroke:var(--held);stroke-dasharray:3 3}\n"
	"rect.gate{fill:var(--gate)}rect.held{fill:var(--held)}\n"
	"rect.kept{stroke:var(--kept)}rect.kepton,rect.unsafe{stroke:var(--bad);stroke-width:1.5}"
	"rect.torn{stroke:var(--torn)}\n"
	".kepts{stroke:var(--kept);stroke-dasharray:2 4}.keptons{stroke:var(--bad);stroke-dasharray:6 3}\n"
	".torns{stroke:var(--torn);stroke-dasharray:2 2}.unsafes{stroke:var(--bad);stroke-dasharray:3 2}\n"
	/* Sends have an outline, or what takes a microsecond could not be seen. */
	"rect.sent,rect.refused,rect.ejected{fill:currentColor;stroke:currentColor}\n"
	"rect.sent{color:var(--sent)}rect.refused{color:var(--refused)}\n"
	"rect.ejected{color:var(--ejected)}.ejecteds{fill:var(--ejected);stroke:none}\n"
	"rect.unknown{stroke:var(--unknown);stroke-dasharray:3 2}\n"
	".m circle{fill:var(--card);stroke:var(--held);stroke-width:1.3}\n"
	"svg .m text{font-size:10.5px;font-weight:600;stroke:none}\n"
	".m.bad circle{fill:var(--bad);stroke:var(--bad)}svg .m.bad text{fill:var(--card)}\n"
	".legend{display:flex;flex-wrap:wrap;gap:0 16px;font-size:.82rem;list-style:none;padding:0;"
	"margin:8px 0 0}\n"
	".legend li{display:flex;align-items:center;margin:0}.key{margin-right:6px;flex:none;stroke:none}\n"
	/* The cycles of a validation. */
	".strip{display:flex;flex-wrap:wrap;gap:3px}\n"
	".strip i{width:14px;height:14px;border-radius:7px;background:var(--good)}\n"
	".strip i.bad{background:var(--bad);border-radius:0}.strip i.open{background:none;"
	"border:1px dashed var(--unknown)}\n"
	/* A phone: tables whose rows are little blocks. */
	"@media(max-width:640px){main{padding:8px 8px 32px}section{padding:11px 11px;margin-top:10px}"
	".drawing{padding:11px 8px}body{font-size:15px;line-height:1.4}h1{font-size:1.25rem}"
	".verdict h2{margin:10px 0 4px}.next li{margin-bottom:6px}.over{font-size:.8rem}"
	".tiles dl{grid-template-columns:repeat(2,1fr)}.facts{grid-template-columns:1fr;gap:0}"
	".facts dd{margin-bottom:6px}.wideonly{display:none}"
	".steps thead{display:none}"
	".steps tr{display:grid;grid-template-columns:26px 84px 1fr;column-gap:8px;"
	"border-bottom:1px solid var(--line);padding:5px 0}.steps td{border:0;padding:0}"
	".steps td.n{text-align:left}.steps td:nth-child(3){font-weight:600}.steps td:nth-child(4){grid-column:2/4}"
	".who thead{display:none}.who tr{display:flex;flex-wrap:wrap;gap:0 14px;padding:5px 0;"
	"border-bottom:1px solid var(--line)}.who td,.who th{border:0;padding:0}"
	".who th{flex-basis:100%;font-weight:600}"
	".who td.n::before{content:attr(data-l) \" \";color:var(--soft)}}\n"
	/* Paper: always light, nothing torn in two. */
	"@media print{:root{color-scheme:light;" LIGHT
	";--bg:#fff;--ink:#000;--soft:#333;--line:#999}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
	"body{font-size:10.5pt;line-height:1.35}main{max-width:none;padding:0 1px}h2{break-after:avoid}"
	"section{break-inside:avoid;padding:10px 12px;margin-top:10px}section.long{break-inside:auto}"
	"tr,figure,.tiles div{break-inside:avoid}thead{display:table-header-group}"
	"code{background:none;border:1px solid var(--line)}"
	".tiles dl{grid-template-columns:repeat(5,1fr)}"
	"@page{margin:14mm}}\n";
