// The queue of a virtual clock: a binary heap of due entries, earliest first.

export interface Entry {
  at: number
  /** Entries that are due at the same time run in this order. */
  order: number
  run: () => void
  /** Runs code outside the lab, which must finish before time goes on. */
  outside: boolean
  cancelled: boolean
}

/** Adds an entry at its place in the heap. */
export function push(heap: Entry[], entry: Entry): void {
  heap.push(entry)
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!before(heap[child]!, heap[parent]!)) break
    ;[heap[child], heap[parent]] = [heap[parent]!, heap[child]!]
    child = parent
  }
}

/** Removes the entry that is due first and returns it. */
export function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (top === undefined || last === undefined || heap.length === 0) return top
  heap[0] = last
  let parent = 0
  for (;;) {
    const left = 2 * parent + 1
    const right = left + 1
    let least = parent
    if (left < heap.length && before(heap[left]!, heap[least]!)) least = left
    if (right < heap.length && before(heap[right]!, heap[least]!)) least = right
    if (least === parent) return top
    ;[heap[parent], heap[least]] = [heap[least]!, heap[parent]!]
    parent = least
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
