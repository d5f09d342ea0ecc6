"""What makes a page usable by everybody, as far as a program can tell: names, headings, contrast, width."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Frame, Page

FOUND = """() => {
  const found = [];
  const visible = (e) => e.checkVisibility({checkVisibilityCSS: true});
  if (!document.documentElement.lang) found.push('no language');
  if (!document.title.trim()) found.push('no title');
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!e.labels.length && !e.ariaLabel) found.push(`no label: ${e.outerHTML}`);
  for (const e of document.querySelectorAll('a, button, summary'))
    if (visible(e) && !e.innerText.trim() && !e.ariaLabel) found.push(`no name: ${e.outerHTML}`);
  for (const e of document.querySelectorAll('iframe')) if (!e.title) found.push(`no title: ${e.src}`);
  for (const e of document.querySelectorAll('th')) if (!e.scope) found.push(`no scope: ${e.outerHTML}`);
  for (const e of document.querySelectorAll('table')) if (!e.caption) found.push('a table without a caption');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.push(`twice: ${id}`);
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((e) => Number(e.tagName[1]));
  if (levels.length && levels[0] !== 1 && !document.body.classList.contains('framed')) found.push(`headings begin at ${levels[0]}`);
  if (levels.filter((level) => level === 1).length > 1) found.push('two first headings');
  levels.forEach((level, n) => { if (n && level > levels[n - 1] + 1) found.push(`headings skip from ${levels[n - 1]} to ${level}`); });
  if (!document.querySelector('main')) found.push('no main part');
  return found;
}"""

FAINT = """() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c; }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    const said = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || ['INPUT', 'SELECT'].includes(e.tagName);
    if (!said || !e.checkVisibility({checkVisibilityCSS: true})) continue;
    const text = ratio(parts(getComputedStyle(e).color), behind(e));
    if (text < 4.5) faint.push(`${e.tagName} "${e.textContent.trim().slice(0, 40)}" ${text.toFixed(2)}`);
    if (['INPUT', 'SELECT', 'BUTTON'].includes(e.tagName)) {
      const edge = ratio(parts(getComputedStyle(e).borderTopColor), behind(e.parentElement));
      if (edge < 3) faint.push(`edge of ${e.tagName} ${edge.toFixed(2)}`);
    }
  }
  return faint;
}"""


def broken(page: Page | Frame) -> list[Any]:
    """What breaks a rule, in words; empty if all is well."""
    return [*page.evaluate(FOUND), *page.evaluate(FAINT)]


def sideways(page: Page | Frame) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
