/** The chosen moment of the picture of access can be dragged. Without this script, the links along the axis and the field move it. */
const NEAR_PX = 8;
const line = document.querySelector('.moment');
const picture = line?.ownerSVGElement;
const field = document.querySelector('input[name="at"]');

if (picture && field) {
  const { from, to, zone } = picture.dataset;
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  let moment;

  const isNear = (event) => {
    const { left, right } = line.getBoundingClientRect();
    return event.clientX > left - NEAR_PX && event.clientX < right + NEAR_PX;
  };

  const show = (event) => {
    const { left, width } = picture.getBoundingClientRect();
    const part = Math.min(Math.max((event.clientX - left) / width, 0), 1);
    moment = Math.round((Number(from) + part * (to - from)) / 1000) * 1000;
    line.setAttribute('x1', `${part * 100}%`);
    line.setAttribute('x2', `${part * 100}%`);
    field.value = text.format(moment);
  };

  const drop = () => {
    picture.removeEventListener('pointermove', show);
    if (moment === undefined) return;
    const address = new URL(location.href);
    address.searchParams.set('at', new Date(moment).toISOString());
    for (const name of ['list', 'after']) address.searchParams.delete(name);
    location.assign(address);
  };

  picture.addEventListener('pointermove', (event) => picture.classList.toggle('can-drag', isNear(event)));
  picture.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !isNear(event)) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    picture.addEventListener('pointermove', show);
    picture.addEventListener('pointerup', drop, { once: true });
  });
  // A drag that ends over a link does not follow it.
  picture.addEventListener('click', (event) => moment !== undefined && event.preventDefault(), true);
  picture.addEventListener('dragstart', (event) => event.preventDefault());
}
