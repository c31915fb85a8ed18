"""A browser that follows redirects, keeps cookies and submits forms, and runs no script. TLS is verified by requests."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

MOST_PAGES = 10
MOST_REDIRECTS = 10


class Forms(HTMLParser):
    """The forms of a page: action, method, inputs and buttons, each with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.forms = []
        self._open = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._open = {"attributes": attributes, "inputs": [], "buttons": []}
            self.forms.append(self._open)
        elif self._open and tag in ("input", "button"):
            self._open[f"{tag}s"].append(attributes)

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None


class Citizen:
    """Walks from the hub's first page to the relying party: chooses the country, logs in at home, decides."""

    def __init__(self, country, persona, stop_at, answer="allow"):
        self.country, self.persona, self.stop_at, self.answer = country, persona, stop_at, answer
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"

    def walk(self, start):
        """Returns the URL at which the relying party is called."""
        here = self._follow("GET", start)
        for _ in range(MOST_PAGES):
            if isinstance(here, str):
                return here
            here = self._step(here)
        raise AssertionError(f"no end after {MOST_PAGES} pages: {here.url}")

    def _step(self, page):
        for form in Forms(page.text).forms:
            button = next(filter(self._wanted, form["buttons"]), None)
            if button is None:
                continue
            words = iter([self.persona["login"], self.persona["secret"]])
            data = [(each["name"], self._value(each, words)) for each in form["inputs"]]
            data += [(button["name"], button.get("value", ""))] if button.get("name") else []
            action = button.get("formaction") or form["attributes"].get("action") or page.url
            return self._follow("POST", urljoin(page.url, action), data)
        raise AssertionError(f"{page.status_code} at {page.url} leads nowhere: {page.text}")

    @staticmethod
    def _value(field, words):
        hidden = field.get("type") == "hidden"
        return field.get("value", "") if hidden else next(words, field.get("value", ""))

    def _wanted(self, button):
        chosen = button.get("id") == f"country-{self.country}"
        national = button.get("data-testid") in ("log-in", "allow")
        return chosen or national or button.get("id") == f"consent-{self.answer}"

    def _follow(self, method, url, data=None):
        for _ in range(MOST_REDIRECTS):
            page = self.session.request(method, url, data=data, allow_redirects=False, timeout=15)
            if not page.is_redirect:
                return page
            url, method, data = urljoin(url, page.headers["Location"]), "GET", None
            if url.startswith(self.stop_at):
                return url
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects")
