// Plainchart's own script. Everything works without it; with it, updates are announced and the time-out asks in a dialog.
// No eval, nothing stored. Words come from the page, so that they are translated.
(() => {
  const doc = document, status = doc.getElementById('status');
  // While the dialog is open the page below it is silent: its own line says the same.
  const say = words => [status, line].forEach(one => {
    if (!one) return;
    one.textContent = '';
    setTimeout(() => one.textContent = words, 50);
  });
  const on = (name, act) => doc.addEventListener(name, act);

  // The end of the session: the class of the banner says after how many minutes. Tabs of one browser share a session.
  const banner = doc.querySelector('.timeout');
  const minutes = banner && +(/idle(\d+)/.exec(banner.className) || [])[1];
  const stay = banner && banner.querySelector('button');
  const tabs = window.BroadcastChannel && new BroadcastChannel('open');
  const prolong = () => {
    if (!minutes) return;
    ends = Date.now() + minutes * 6e4;
    warned = 0;
    if (dialog) dialog.close();
  };
  const prolonged = () => {
    prolong();
    if (!minutes) return;
    if (tabs) tabs.postMessage(0);
    const clock = new Date(ends).toLocaleTimeString(doc.documentElement.lang, { hour: 'numeric', minute: '2-digit', timeZone: banner.dataset.zone }).toLowerCase();
    doc.querySelectorAll('.out').forEach(words => words.textContent = clock);
  };
  const warn = () => {
    warned = 1;
    if (!window.HTMLDialogElement) return;
    if (!dialog) {
      dialog = doc.createElement('dialog');
      dialog.setAttribute('aria-labelledby', 'stay-h');
      banner.before(dialog);
      dialog.append(banner);
      line = banner.appendChild(doc.createElement('p'));
      line.setAttribute('role', 'status');
    }
    dialog.showModal();
  };
  // The button does what it does without script: a form goes to the server, which keeps what was typed.
  const really = () => { asked = 1; stay.click(); };
  // Where the line is down the page stays, since a browser would put its own in the place of what was typed; it is said
  // once, and tried again by the clock.
  const down = () => {
    if (!cut) say(status.dataset.fail);
    cut = 1;
  };
  const leave = () => {
    if (busy) return;
    busy = 1;
    fetch('/healthz', { cache: 'no-store', credentials: 'omit' }).then(answer => {
      if (!answer.ok) throw answer;
      clearInterval(timer);
      if (stay.hasAttribute('formaction')) really(); else location.replace('/sign-in');
    }).catch(() => { busy = 0; down(); });
  };
  const watch = () => {
    const left = ends - Date.now();
    if (left < 0) leave();
    else if (wanted) remain();
    else if (left < 12e4 && !warned) warn();
  };
  const remain = () => {
    const { csrf, form_key, next } = stay.form;
    wanted = 0;
    fetch('/stay', {
      method: 'POST',
      headers: { 'HX-Request': 'true' },
      body: new URLSearchParams({ csrf: csrf.value, form_key: form_key.value, next: next.value })
    }).then(answer => {
      if (answer.status !== 204 || answer.headers.has('HX-Redirect')) return really();
      cut = 0;
      prolonged();
      say(banner.dataset.done);
    }, () => { wanted = 1; down(); });
  };
  let ends, dialog, warned, asked, timer, line, cut, busy, wanted;
  if (minutes) {
    prolong();
    if (tabs) { tabs.onmessage = prolong; tabs.postMessage(0); }
    timer = setInterval(watch, 5e3);
    on('visibilitychange', watch);
    stay.addEventListener('click', event => {
      if (asked) return;
      event.preventDefault();
      cut = 0;
      remain();
    });
  }

  // Updates by htmx: what a person asked for prolongs; a lost focus goes to the new part's heading; a failure is said.
  // What nobody pressed for says so to the server; what the clock asks for takes no focus, and tells of a broken line once.
  const by = ctx => ctx && ctx.sourceEvent ? ctx.sourceEvent.type : '';
  const polls = ctx => by(ctx) === 'every';
  // A draft that did not arrive takes back that the one before was kept, and is sent once more when the line is there again.
  // One that was refused is not sent again by itself: who types on has heard why.
  let broken, unkept, refused, pressed;
  const lose = ({ dataset: { lost }, attributes }) => {
    if (lost) doc.querySelector(attributes['hx-target'].value).textContent = lost;
    return lost;
  };
  const failed = ({ detail: { ctx } }) => {
    if (polls(ctx) && broken) return;
    broken = 1;
    const lost = lose(ctx.sourceElement);
    if (lost) unkept = ctx.sourceElement;
    say(lost || status.dataset.fail);
  };
  addEventListener('online', () => {
    const again = unkept;
    unkept = 0;
    if (again) again.click();
  });
  on('htmx:config:request', event => {
    const { ctx } = event.detail;
    if (/click|submit/.test(by(ctx))) {
      if (ctx.sourceElement.matches('.htmx-request[hx-sync]')) pressed = ctx.sourceElement;
      return;
    }
    ctx.request.headers['HX-Unasked'] = 'true';
    if (ctx.sourceElement === refused) event.preventDefault();
  });
  on('htmx:after:request', event => {
    const { ctx } = event.detail, { response, sourceElement } = ctx;
    // After the swap, htmx names another source where the pressed link was part of what it replaced.
    ctx.follows = sourceElement.hasAttribute('hx-replace-url');
    if (response.status > 499) return failed(event);
    broken = 0;
    if (sourceElement === unkept) unkept = 0;
    if (response.status === 403) {
      refused = sourceElement;
      lose(refused);
      return;
    }
    if (!/every|load/.test(sourceElement.getAttribute('hx-trigger'))) prolonged();
  });
  on('htmx:error', failed);
  // Who pressed while the clock was asking is answered after it, unless it brought something.
  on('htmx:finally:request', ({ detail: { ctx } }) => {
    const { response, sourceElement } = ctx;
    if (sourceElement !== pressed) return;
    pressed = 0;
    if (polls(ctx) && !(response && response.status === 200)) setTimeout(() => sourceElement.click());
  });
  // Who looks for an answer when the time is over sends along what they typed, so that it comes back after signing in.
  on('htmx:before:response', event => {
    const { hx, sourceElement } = event.detail.ctx;
    if (!hx.redirect || !sourceElement.matches('[formaction][hx-get]')) return;
    sourceElement.form.requestSubmit(sourceElement);
    event.preventDefault();
  });
  // Lost it is where the pressed one was replaced: in Safari nothing that is pressed has the focus.
  on('htmx:after:swap', event => {
    const { ctx } = event.detail, { sourceElement, target } = ctx;
    if (polls(ctx) || doc.activeElement !== doc.body || !target) return;
    const part = target.isConnected ? target : doc.getElementById(target.id);
    if (!part || !part.contains(sourceElement)) return;
    const goal = part.querySelector('h1,h2,h3') || part;
    goal.tabIndex = -1;
    goal.focus();
  });
  // The address follows a filter without a new step in the history: back leads to the page before. (htmx's own
  // history is off: it would keep pages.)
  on('htmx:after:swap', event => {
    const { follows, request, response } = event.detail.ctx;
    if (!follows) return;
    const { pathname, search } = new URL(response.raw && response.raw.url || request.action, location.href);
    history.replaceState(null, '', pathname + search);
  });
})();
