import { createHash } from 'node:crypto';

/** The one style sheet of the pages: read on a phone, by day and by night, and without anything from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2330; --soft: #5b6675; --line: #d9dee6; --page: #f4f6f9; --card: #fff;
  --yes: #0b6b3a; --no: #a4262c; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a3aebd; --line: #38424f; --page: #12161c;
  --card: #1b222b; --yes: #3fb877; --no: #ff8a80; --on: #12161c } }
* { box-sizing: border-box }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  -webkit-text-size-adjust: 100% }
main { max-width: 34rem; margin: 1rem auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem }
h1 { margin: 0 0 .75rem; font-size: 1.35rem; line-height: 1.3 }
.ask { margin: 0 0 1.25rem; font-size: 1.1rem; white-space: pre-wrap; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0 0 1.25rem; padding: .9rem 0;
  border: solid var(--line); border-width: 1px 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
label { display: block; margin-bottom: .3rem; color: var(--soft) }
textarea { width: 100%; min-height: 5.5rem; padding: .6rem; border: 1px solid var(--soft); border-radius: .5rem;
  background: transparent; color: inherit; font: inherit }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 }
button { flex: 1 1 8rem; min-height: 3rem; border: 2px solid; border-radius: .5rem; font: inherit; font-weight: 600;
  cursor: pointer }
button:focus-visible, textarea:focus-visible { outline: 3px solid var(--soft); outline-offset: 2px }
.yes { border-color: var(--yes); background: var(--yes); color: var(--on) }
.no { border-color: var(--no); background: transparent; color: var(--no) }
.note { margin: 0; color: var(--soft); font-size: .9rem }
.wrong { margin: 0 0 1rem; color: var(--no); font-weight: 600 }
`;

const HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of every page: it runs nothing, loads nothing, is framed by nobody, and tells nobody its address, which is a key. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    ...["default-src 'none'", `style-src 'sha256-${HASH}'`, "form-action 'self'"],
    ...["base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
  'cache-control': 'no-store',
};
