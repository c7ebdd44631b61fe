// The truth: asks a service for its own content every 5 ms, in a process of its own. node
// bench/recovery/poll.ts <url> <content>
// Tells its parent when it is gone, and, when asked to stop, when it came back.
import { get } from 'node:http'
import { argv } from 'node:process'

/** Between two questions, ms. */
const grid = 5
/**
 * How long one may wait, ms: as long as holdfast's own. @source helpers/kubernetes/signals.ts,
 * patience 2 s
 */
const patience = 2_000

/** Failures further apart than that, ms, belong to different stretches. */
const apart = 500
/**
 * So many failures in a row are an outage. Fewer are counted: under load a forwarder drops a
 * connection now and then. @source measured: 1 or 2 of 2,000
 */
const fewest = 3

const [, , url = '', content = ''] = argv
/** As the clock of a live runtime tells it, so that both can be held against each other. */
const now = (): number => performance.timeOrigin + performance.now()
const looks: { began: number; ended: number; good: boolean | undefined }[] = []
let isReported = false

function ask(): void {
  const evaluate: (typeof looks)[number] = { began: now(), ended: 0, good: undefined }
  looks.push(evaluate)
  const end = (good: boolean): void => {
    if (evaluate.good !== undefined) return
    Object.assign(evaluate, { good, ended: now() })
    if (!good && !isReported) {
      isReported = true
      process.send?.({ kind: 'gone' })
    }
  }
  const request = get(url, { agent: false, timeout: patience }, response => {
    let body = ''
    response.on('data', chunk => {
      body += String(chunk)
    })
    response.on('end', () => end(response.statusCode === 200 && body.includes(content)))
    response.on('error', () => end(false))
  })
  request.on('timeout', () => request.destroy(new Error('silent')))
  request.on('error', () => end(false))
}

const timer = setInterval(ask, grid)
process.on('message', () => {
  clearInterval(timer)
  setTimeout(() => {
    const stretches: (typeof looks)[] = []
    for (const evaluate of looks.filter(({ good }) => good === false)) {
      const last = stretches.at(-1)
      if (last !== undefined && evaluate.began - last.at(-1)!.began <= apart) last.push(evaluate)
      else stretches.push([evaluate])
    }
    const outages = stretches.filter(stretch => stretch.length >= fewest)
    const last = outages.at(-1)?.at(-1)
    const next =
      last === undefined
        ? undefined
        : looks
            .filter(({ began, good }) => began > last.began && good === true)
            .toSorted((a, b) => a.ended - b.ended)[0]
    process.send?.(
      {
        kind: 'truth',
        looks: looks.length,
        gone: outages[0]?.[0]?.began,
        back:
          last === undefined || next === undefined
            ? undefined
            : { bad: last.began, good: next.ended },
        single: stretches.length - outages.length,
        pace: Math.max(...looks.slice(1).map(({ began }, index) => began - looks[index]!.began)),
      },
      () => process.exit(0),
    )
  }, patience + 100)
})
