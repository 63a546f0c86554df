// Keeps a page up to date. Without it, the page says how to load it again.
(() => {
  'use strict';

  const EVERY = 5000;
  const AGAIN = 5000;
  const fresh = document.getElementById('fresh');
  const regions = () => [...document.querySelectorAll('[data-live]')];
  if (!regions().length || !fresh) return;

  const say = (text, lost) => {
    if (fresh.textContent !== text) fresh.textContent = text;
    fresh.classList.toggle('lost', lost);
  };

  // What the reader has opened and reached stays.
  const keep = (old, made) => {
    const open = [...old.querySelectorAll('details')].map((one) => one.open);
    [...made.querySelectorAll('details')].forEach((one, at) => {
      if (at < open.length) one.open = open[at];
    });
  };
  const reached = (region) => {
    const at = document.activeElement;
    if (!at || !region.contains(at)) return null;
    const alike = (one) => one.tagName === at.tagName
      && one.getAttribute('href') === at.getAttribute('href')
      && one.textContent === at.textContent;
    return (made) => [...made.querySelectorAll(at.tagName)].find(alike);
  };
  const replace = (old, made) => {
    const find = reached(old);
    keep(old, made);
    old.replaceWith(made);
    made.dispatchEvent(new CustomEvent('shown', { bubbles: true }));
    const at = find && find(made);
    if (at) at.focus({ preventScroll: true });
  };

  const held = new Map(regions().map((region) => [region.id, region.innerHTML]));
  let tag = '';
  let busy = false;
  let wanted = false;
  const refresh = async () => {
    if (busy) {
      wanted = true;
      return;
    }
    busy = true;
    try {
      const headers = tag ? { 'If-None-Match': tag } : {};
      const answer = await fetch(location.pathname, { cache: 'no-store', headers });
      if (answer.ok) {
        tag = answer.headers.get('ETag') || '';
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        for (const old of regions()) {
          const made = page.getElementById(old.id);
          if (!made || made.innerHTML === held.get(old.id)) continue;
          held.set(old.id, made.innerHTML);
          replace(old, document.adoptNode(made));
        }
        document.title = page.title;
      }
      if (answer.ok || answer.status === 304) say('live', false);
      else say('not up to date: ' + answer.status + ', load the page again', true);
    } catch {
      say('not up to date: no connection', true);
    }
    busy = false;
    if (wanted) {
      wanted = false;
      refresh();
    }
  };

  const listen = () => {
    const feed = new EventSource('/api/v1/events');
    feed.addEventListener('open', refresh);
    feed.addEventListener('notice', refresh);
    feed.addEventListener('missed', refresh);
    feed.addEventListener('error', () => {
      say('not up to date: no connection', true);
      if (feed.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
    });
  };
  listen();
  setInterval(() => { if (!document.hidden) refresh(); }, EVERY);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });

  // A bar of the timeline leads to its incident.
  document.addEventListener('click', (event) => {
    const bar = event.target.closest('.bar');
    const link = bar && document.querySelector('#i' + CSS.escape(bar.dataset.incident) + ' a');
    if (link) link.click();
  });
})();
