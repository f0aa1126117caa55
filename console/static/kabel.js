// The one connection of a browser to the console's stream, shared by all of its tabs.
const tabs = new Set();
let stream = null;
let last = { kind: "lost" };

const tell = (word) => {
  if (word.kind !== "change") last = word;
  for (const tab of tabs) tab.postMessage(word);
};

const open = () => {
  stream = new EventSource("/console/langsung");
  stream.onopen = () => tell({ kind: "open" });
  stream.onerror = () => {
    tell({ kind: "lost" });
    if (stream.readyState === EventSource.CLOSED) setTimeout(open, 5000);
  };
  stream.addEventListener("change", (event) => tell({ kind: "change", marks: JSON.parse(event.data).marks }));
};

self.onconnect = (event) => {
  const tab = event.ports[0];
  tabs.add(tab);
  tab.onmessage = () => {
    tabs.delete(tab);
    if (tabs.size === 0) {
      stream?.close();
      stream = null;
    }
  };
  tab.postMessage(last);
  if (!stream) open();
};
