// A process that can die: it counts every step of its runtime and its journal, and stops acting at
// a chosen step.
import type { Dispatcher } from 'undici'
import type { Entry, Journal, Runtime } from '#src/model/index.ts'
import { Life, type Death, type Step } from './life.ts'
import { mortalDispatcher } from './mortal-dispatcher.ts'
import { onlyReads } from './reading-commands.ts'

export interface Mortal {
  runtime: Runtime
  /** The same journal. The process can also die in the middle of a write to it. */
  journal<J extends Journal>(journal: J, tear: () => void): J
  steps: readonly Step[]
  /** Names of the dead-man's switches that the process set in the VM. */
  switches: ReadonlySet<string>
  /** Resolves when it is dead. */
  died: Promise<void>
  isDead(): boolean
}

/** Wraps a runtime so that it dies at `death`. Without a death it only counts. */
export function mortal(inner: Runtime, death?: Death, stop: () => void = () => {}): Mortal {
  const life = new Life(death, stop)
  const switches = new Set<string>()
  return {
    runtime: {
      ...inner,
      clock: mortalClock(inner, life),
      shell: mortalShell(inner, life, switches),
      net: mortalNet(inner, life),
      files: mortalFiles(inner, life),
      dispatcher: mortalDispatchers(inner, life),
    },
    steps: life.steps,
    switches,
    died: life.died,
    isDead: () => life.isDead,
    journal: (journal, tear) => mortalJournal(journal, tear, life),
  }
}

const mortalClock = ({ clock }: Runtime, life: Life): Runtime['clock'] => ({
  now: () => clock.now(),
  closest: clock.closest,
  sleep: (ms, signal) => {
    const work = async (): Promise<void> => {
      const over = new AbortController()
      const end = (): void => over.abort(new Error('the process has died'))
      life.atDeath.add(end)
      try {
        await clock.sleep(
          ms,
          signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
        )
      } finally {
        life.atDeath.delete(end)
      }
    }
    return life.act({ kind: 'sleep', what: `${ms} ms`, writes: false, work })
  },
})

const mortalShell = ({ shell }: Runtime, life: Life, switches: Set<string>): Runtime['shell'] => ({
  run: (argv, options) => {
    for (const word of argv)
      if (word.startsWith('--unit=')) switches.add(word.slice('--unit='.length))
    const what = argv.join(' ')
    return life.act({
      kind: 'command',
      what,
      writes: !onlyReads(what),
      work: () => shell.run(argv, options),
      failing: async () => ({
        kind: 'exited',
        code: 1,
        stdout: '',
        stderr: 'it was made to fail',
        tookMs: 1,
      }),
    })
  },
})

const mortalNet = ({ net }: Runtime, life: Life): Runtime['net'] => ({
  http: (url, options) =>
    life.act({
      kind: 'net',
      what: `GET ${url}`,
      writes: false,
      work: () => net.http(url, options),
    }),
  tcp: (to, options) =>
    life.act({
      kind: 'net',
      what: `connect ${to.port}`,
      writes: to.send !== undefined && /^(SET|DEL)\b/.test(to.send),
      work: () => net.tcp(to, options),
    }),
})

function mortalFiles({ files }: Runtime, life: Life): Runtime['files'] {
  const act = <T>(verb: string, path: string, work: () => Promise<T>): Promise<T> => {
    const writes = verb === 'write' || verb === 'remove'
    return life.act({ kind: 'file', what: `${verb} ${path}`, writes, work })
  }
  return {
    read: path => act('read', path, () => files.read(path)),
    list: path => act('list', path, () => files.list(path)),
    write: (path, text) => act('write', path, () => files.write(path, text)),
    remove: path => act('remove', path, () => files.remove(path)),
  }
}

function mortalDispatchers(inner: Runtime, life: Life): Runtime['dispatcher'] {
  const wrapped = new WeakMap<Dispatcher, Dispatcher>()
  return tls => {
    const open = inner.dispatcher(tls)
    const known = wrapped.get(open) ?? mortalDispatcher(open, life)
    wrapped.set(open, known)
    return known
  }
}

function mortalJournal<J extends Journal>(journal: J, tear: () => void, life: Life): J {
  const step = (what: string, write: () => void | Promise<void>): Promise<void> => {
    const work = async (): Promise<void> => {
      // Calls that write a line are synchronous, so a death in the middle of one leaves half a
      // line.
      await write()
      if (life.death?.how === 'torn' && life.steps.length - 1 === life.death.step) {
        tear()
        life.die()
      }
    }
    return life.act({ kind: 'journal', what, writes: true, work })
  }
  return {
    ...journal,
    open: (entry: Entry) => step(`open ${entry.fault}`, () => journal.open(entry)),
    close: (order: number) => step(`close ${order}`, () => journal.close(order)),
  }
}
