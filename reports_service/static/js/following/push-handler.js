// Of the service worker: show what the service tells this device, and open its page on a touch.
// A plain script, so that a worker of either kind can take it in.

self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  const { title = "1022", body = "", path = "/mine", lang = "vi" } = told;
  // One notice for each report: the newest takes the place of the one before.
  const shown = { body, lang, tag: path, renotify: true, data: { path } };
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data?.path ?? "/mine"));
});

async function openPage(path) {
  const wanted = new URL(path, self.location.origin).href;
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = open.find((client) => client.url.split("?")[0] === wanted);
  return same ? same.focus() : self.clients.openWindow(wanted);
}
