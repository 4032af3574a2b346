{% load static %}// The shell of the wallet: what is needed to show the pay code with no network.
const SHELL = "jigap-{% static 'wallet/jigap.css' %}";
const FILES = [
  "{% static 'wallet/jigap.css' %}", "{% static 'wallet/icons.svg' %}", "{% static 'wallet/celadon.svg' %}",
  "{% static 'wallet/down.svg' %}", "{% static 'wallet/mark.svg' %}",
  "{% static 'wallet/js/page.js' %}", "{% static 'wallet/js/paycode.js' %}", "{% static 'wallet/js/symbols.js' %}", "{% static 'wallet/vendor/htmx-2.0.11/htmx.min.js' %}",
  {% for file in files %}"{% static file %}", {% endfor %}
];
const PAGES = [{% for page in pages %}"{{ page }}", {% endfor %}];
const STATIC = "{% get_static_prefix %}";
{% include "wallet/sw_rules.js" %}
