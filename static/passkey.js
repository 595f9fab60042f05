// Passkeys and security keys: the browser asks for one, and its answer is sent as a field of the form, like anything typed.
// Loaded only where such a form stands. Words come from the page, so that they are translated.
(() => {
  const doc = document, status = doc.getElementById('status');
  const say = words => {
    status.textContent = '';
    setTimeout(() => status.textContent = words, 50);
  };
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), sign => sign.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  // What was asked is answered within five minutes; a page that has stood open for longer asks anew.
  const asked = async form => {
    if (performance.now() - (form.since || 0) < 24e4) return form.dataset.asked;
    const answer = await fetch(location.href, { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector(`form[data-asked][action="${form.getAttribute('action')}"]`);
    if (!fresh) return location.assign(location.href);
    form.since = performance.now();
    return form.dataset.asked = fresh.dataset.asked;
  };
  const read = options => {
    options.challenge = bytes(options.challenge);
    (options.allowCredentials || options.excludeCredentials || []).forEach(one => one.id = bytes(one.id));
    if (options.user) options.user.id = bytes(options.user.id);
    return options;
  };
  const written = ({ id, rawId, type, response }) => {
    const kept = {};
    ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach(name => {
      if (response[name]) kept[name] = text(response[name]);
    });
    if (response.getTransports) kept.transports = response.getTransports();
    return JSON.stringify({ id, rawId: text(rawId), type, response: kept });
  };
  const why = (form, { name }) => {
    const { none, stopped, known } = form.dataset;
    if (name === 'NotAllowedError' || name === 'AbortError') return stopped;
    return name === 'InvalidStateError' && known || /Security|NotSupported|Constraint/.test(name) && none || status.dataset.fail;
  };
  const ask = async form => {
    const { none, makes } = form.dataset;
    if (!window.PublicKeyCredential || !navigator.credentials) return say(none);
    const options = await asked(form);
    if (!options) return;
    const publicKey = read(JSON.parse(options));
    const answer = await (makes ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
    form.querySelector('[name=credential]').value = written(answer);
    form.submit();
  };
  doc.querySelectorAll('form[data-asked]').forEach(form => form.addEventListener('submit', event => {
    event.preventDefault();
    if (form.busy) return;
    form.busy = 1;
    ask(form).catch(error => say(why(form, error))).then(() => form.busy = 0);
  }));
})();
