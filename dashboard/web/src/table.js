// What the table beside a chart says of one row: to see, and to hear.

// The cells of a row with the heads of their columns. `group` and `head` differ where one head
// spans several columns, each with a head of its own.
function cellsOf(row) {
  const [groups, heads] = row.closest("table").tHead.rows;
  const below = heads ? [...heads.cells] : [];
  const columns = [...groups.cells].flatMap((group) =>
    group.rowSpan > 1 || !heads
      ? [{ group }]
      : Array.from({ length: group.colSpan }, () => ({ group, head: below.shift() })),
  );
  return columns.map((column, index) => ({ ...column, cell: row.cells[index] })).slice(1);
}

// The numbers by their groups, and the words.
function parts(row) {
  const cells = cellsOf(row);
  const numbers = cells.filter(({ cell }) => cell.classList.contains("number"));
  const texts = cells.filter((it) => !numbers.includes(it) && it.cell.textContent.trim());
  const words = texts.map(({ group, cell }) => {
    const text = cell.textContent.trim();
    // Remarks say by themselves what they are.
    return cell.classList.contains("remarks") ? text : `${group.textContent} – ${text}`;
  });
  const groups = new Map(numbers.map(({ group }) => [group, []]));
  for (const number of numbers) groups.get(number.group).push(number);
  return { when: row.cells[0].textContent, groups: [...groups], words };
}

function make(tag, ...children) {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
}

// To see: a line per group.
export function tip(row) {
  const { when, groups, words } = parts(row);
  const table = make("table", make("caption", when));
  const heads = groups[0]?.[1].map(({ head }) => head?.textContent).filter(Boolean);
  if (heads?.length) {
    table.append(make("thead", make("tr", ...["", ...heads].map((head) => make("th", head)))));
  }
  const lines = groups.map(([group, numbers]) => {
    const name = make("th");
    for (const part of group.childNodes) name.append(part.cloneNode(true));
    return make("tr", name, ...numbers.map(({ cell }) => make("td", cell.textContent)));
  });
  table.append(make("tbody", ...lines));
  return [table, ...words.map((text) => make("p", text))];
}

// To hear.
export function sentence(row) {
  const { when, groups, words } = parts(row);
  const said = groups.map(([group, numbers]) => {
    const values = numbers.map(({ head, cell }) => `${head?.textContent ?? ""} ${cell.textContent}`.trim());
    return `${group.textContent.trim()}: ${values.join(", ")}`;
  });
  return [when, ...said, ...words].join(". ");
}
