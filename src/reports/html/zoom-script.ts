/**
 * The page's only script: zooming into `svg.zoomable`. What stands in `g.time` is stretched, what has the class `at` is moved, and the buttons are made here,
 * so that without scripts there are none.
 */
export const ZOOM_SCRIPT = `'use strict';
for (const svg of document.querySelectorAll('svg.zoomable')) {
  const time = svg.querySelector('g.time');
  const window_ = svg.querySelector('clipPath rect');
  if (!time || !window_) continue;
  const left = Number(window_.getAttribute('x'));
  const right = left + Number(window_.getAttribute('width'));
  const box = svg.parentElement;
  let marks = null;
  let factor = 1;
  let start = left;
  const readMarks = () =>
    Array.from(svg.querySelectorAll('.at'), (element) => {
      const [, x, rest] = /^translate\\(([-\\d.]+)(.*)$/.exec(element.getAttribute('transform'));
      return { element, x: Number(x), rest };
    });
  const draw = () => {
    marks ??= readMarks();
    const span = (right - left) / factor;
    start = Math.min(Math.max(start, left), right - span);
    time.setAttribute('transform', 'translate(' + (left - start * factor) + ' 0) scale(' + factor + ' 1)');
    for (const { element, x, rest } of marks) {
      const place = left + (x - start) * factor;
      element.style.display = place < left - 1 || place > right + 1 ? 'none' : '';
      element.setAttribute('transform', 'translate(' + place + rest);
    }
    const percent = (place) => Math.round(((place - left) / (right - left)) * 1000) / 10;
    status.textContent = factor === 1 ? '' : percent(start) + ' % to ' + percent(start + span) + ' % of the width, ' + Math.round(factor * 10) / 10 + ' times closer';
  };
  const zoom = (by, around = start + (right - left) / factor / 2) => {
    const before = factor;
    factor = Math.min(Math.max(factor * by, 1), 5000);
    start = around - ((around - start) * before) / factor;
    draw();
  };
  const move = (by) => {
    start += (by * (right - left)) / factor;
    draw();
  };
  const all = () => {
    factor = 1;
    start = left;
    draw();
  };
  const bar = document.createElement('div');
  bar.className = 'zoom';
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', 'Zoom: ' + (svg.querySelector('title')?.textContent ?? ''));
  const actions = [
    ['Closer', () => zoom(2)],
    ['Farther', () => zoom(0.5)],
    ['Earlier', () => move(-0.5)],
    ['Later', () => move(0.5)],
    ['All', all],
  ];
  for (const [name, act] of actions) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.addEventListener('click', act);
    bar.append(button);
  }
  const status = document.createElement('span');
  status.className = 'muted';
  status.setAttribute('role', 'status');
  bar.append(status);
  box.before(bar);
  const placeOf = (event) => {
    const { left: edge, width } = svg.getBoundingClientRect();
    const x = ((event.clientX - edge) / width) * svg.viewBox.baseVal.width;
    return start + (x - left) / factor;
  };
  box.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && document.activeElement !== box) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.25 : 0.8, placeOf(event));
    },
    { passive: false },
  );
  const keys = { '+': () => zoom(2), '=': () => zoom(2), '-': () => zoom(0.5), 0: all };
  box.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keys[event.key] ?? (factor > 1 ? { ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2) }[event.key] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  });
  svg.addEventListener('pointerdown', (event) => {
    if (factor === 1 || event.button !== 0) return;
    const grabbed = placeOf(event);
    const drag = (moved) => {
      start += grabbed - placeOf(moved);
      draw();
    };
    const drop = () => {
      removeEventListener('pointermove', drag);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', drop);
    };
    addEventListener('pointermove', drag);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', drop);
  });
}
`;
