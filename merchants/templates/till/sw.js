{% load static %}// What the till needs with no network: one page that asks, checks and keeps.
const SHELL = "jigap-till-{% static 'till/offline.js' %}-{% static 'till/offline_page.js' %}-{% static 'wallet/jigap.css' %}-{% static 'till/till.css' %}";
const OFFLINE = "/till/offline";
const FILES = [
  "{% static 'wallet/jigap.css' %}", "{% static 'till/till.css' %}", "{% static 'wallet/icons.svg' %}", "{% static 'wallet/mark.svg' %}",
  "{% static 'wallet/js/page.js' %}", "{% static 'wallet/js/scan.js' %}", "{% static 'till/till.js' %}", "{% static 'till/offline.js' %}",
  "{% static 'till/offline_page.js' %}", "{% static 'offline/wire.js' %}", "{% static 'offline/kept.js' %}",
  "{% static 'wallet/vendor/lean-qr-2.7.4/lean-qr.js' %}", "{% static 'wallet/vendor/htmx-2.0.11/htmx.min.js' %}",
  "{% static 'wallet/vendor/barcode-detector-3.2.2/ponyfill.js' %}", "{% static 'wallet/vendor/barcode-detector-3.2.2/zxing-exported.js' %}", "{% static 'wallet/vendor/barcode-detector-3.2.2/zxing_reader.wasm' %}",
];
{% include "till/sw_rules.js" %}
