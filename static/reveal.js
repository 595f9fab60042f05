// What is typed into a field for a password can be looked at. Loaded only where one stands; the words come from the page.
(() => {
  const { show, hide, shown, hidden } = document.currentScript.dataset, status = document.getElementById('status');
  document.querySelectorAll('input[type=password]').forEach(field => {
    const button = document.createElement('button'), verb = document.createTextNode(show), whose = document.createElement('span');
    whose.className = 'vh';
    whose.textContent = ' ' + field.labels[0].textContent.trim();
    button.type = 'button';
    button.className = 'btn quiet reveal';
    button.append(verb, whose);
    const look = open => {
      field.type = open ? 'text' : 'password';
      verb.data = open ? hide : show;
    };
    button.addEventListener('click', () => {
      const open = field.type === 'password';
      look(open);
      status.textContent = '';
      setTimeout(() => status.textContent = open ? shown : hidden, 50);
    });
    // A browser offers again what was typed into a plain field.
    field.form.addEventListener('submit', () => look(false));
    field.after(' ', button);
  });
})();
