// Zoom, copying and folding. The page says everything without it.
(() => {
  'use strict';

  const say = document.createElement('p');
  say.className = 'skip';
  say.setAttribute('role', 'status');
  document.body.append(say);

  const button = (text, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', act);
    return made;
  };

  // Commands.
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Pages from a file may not; a selection may.
      const area = document.createElement('textarea');
      area.value = text;
      area.className = 'skip';
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    }
  };
  const dress = (root) => {
    for (const command of root.querySelectorAll('pre.command')) {
      const text = command.querySelector('code').textContent;
      const copy = button('Copy', async () => {
        const done = await copied(text);
        copy.focus();
        copy.textContent = done ? 'Copied' : 'Not copied';
        say.textContent = done ? 'Command copied' : 'The browser did not let it be copied';
        setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
      });
      copy.className = 'copy';
      copy.setAttribute('aria-label', 'Copy: ' + text.slice(0, 80));
      command.append(copy);
    }
  };
  dress(document);
  // Of a page that is kept up to date, parts come anew.
  addEventListener('shown', (event) => dress(event.target));

  // Folding.
  const unfold = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.tagName === 'DETAILS') at.open = true;
    }
    const own = element && element.querySelector(':scope > details.fold');
    if (own) own.open = true;
  };
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (target) {
      unfold(target);
      target.scrollIntoView();
    }
  };
  addEventListener('hashchange', follow);
  if (location.hash) follow();
  const folds = [...document.querySelectorAll('.incident details.fold')];
  const heading = document.getElementById('incidents-h');
  if (heading && folds.length > 1) {
    const all = button('Unfold all', () => {
      const open = folds.some((fold) => !fold.open);
      for (const fold of folds) fold.open = open;
      all.textContent = open ? 'Fold all' : 'Unfold all';
    });
    all.className = 'fold-all';
    heading.after(all);
  }
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open], .data)')];
    for (const fold of folded) fold.open = true;
  });
  addEventListener('afterprint', () => {
    for (const fold of folded) fold.open = false;
  });

  // Zoom: the drawing of an incident in the place of the one of all.
  const overview = document.querySelector('.overview');
  const whole = overview && overview.querySelector('.plotted');
  const figures = [...document.querySelectorAll('.incident figure.timeline')];
  if (!whole || !figures.length) return;
  const all = whole.firstElementChild;
  const zoom = document.createElement('div');
  zoom.className = 'zoom';
  zoom.setAttribute('role', 'group');
  zoom.setAttribute('aria-label', 'Zoom by incident');
  let mark = () => {};
  const show = (number) => {
    const figure = figures.find((one) => one.dataset.incident === number);
    const drawing = figure ? figure.querySelector('.drawing').cloneNode(true) : all;
    whole.replaceChildren(drawing);
    overview.dataset.zoom = figure ? number : '';
    say.textContent = drawing.getAttribute('aria-label');
    mark(number);
  };
  const choices = [['0', 'All of the log'], ...figures.map((one) => [one.dataset.incident, '#' + one.dataset.incident, one.dataset.title])];
  if (choices.length <= 13) {
    const buttons = choices.map(([number, text, title]) => {
      const made = button(text, () => show(number));
      made.dataset.number = number;
      if (title) {
        made.title = title;
        made.setAttribute('aria-label', 'Zoom to ' + text + ' ' + title);
      }
      return made;
    });
    zoom.append(...buttons);
    mark = (number) => {
      for (const one of buttons) one.setAttribute('aria-pressed', String(one.dataset.number === number));
    };
  } else {
    const select = document.createElement('select');
    select.setAttribute('aria-label', 'Zoom by incident');
    for (const [number, text, title] of choices) {
      const option = document.createElement('option');
      option.value = number;
      option.textContent = title ? text + ' ' + title : text;
      select.append(option);
    }
    select.addEventListener('change', () => show(select.value));
    zoom.append(select);
    mark = (number) => { select.value = number; };
  }
  mark('0');
  overview.querySelector('h2').after(zoom);
  // What the pointer is over, from the table of the drawing.
  const readout = document.createElement('p');
  readout.className = 'readout';
  readout.textContent = 'Point at the drawing to read its values.';
  whole.after(readout);
  const heads = (table) => [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  whole.addEventListener('pointermove', (event) => {
    const drawing = whole.firstElementChild;
    const box = drawing.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const shown = figures.find((one) => one.dataset.incident === overview.dataset.zoom) || overview;
    const table = [...shown.querySelectorAll('.data:not(.short) table')].pop();
    if (share < 0 || share >= 1 || !table) return;
    const rows = table.tBodies[0].rows;
    const nth = Math.floor(share * rows.length);
    const names = heads(table);
    const values = [...rows[nth].cells].slice(1).map((cell, place) => names[place + 1].toLowerCase() + ' ' + cell.textContent);
    const at = new Date(Number(drawing.dataset.start) + nth * Number(drawing.dataset.part));
    readout.textContent = rows[nth].cells[0].textContent + ' (' + at.toISOString().slice(11, 19) + ' UTC) · ' + values.join(' · ');
    let line = drawing.querySelector('.pointer');
    if (!line) {
      line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
      line.setAttribute('class', 'pointer');
      line.setAttribute('y1', '20');
      line.setAttribute('y2', '100%');
      drawing.append(line);
    }
    for (const end of ['x1', 'x2']) line.setAttribute(end, share * 100 + '%');
  });
  overview.addEventListener('click', (event) => {
    const bar = event.target.closest('.bar');
    if (bar && figures.some((one) => one.dataset.incident === bar.dataset.incident)) show(bar.dataset.incident);
  });
})();
