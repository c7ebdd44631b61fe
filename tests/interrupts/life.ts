// The life of a process: the steps that it takes, and its death at one of them.

/** One action of a process, in the order of the starts. */
export interface Step {
  kind: 'request' | 'command' | 'file' | 'net' | 'sleep' | 'journal'
  /** A description without what differs between two runs. */
  what: string
  /** The step can change the world or the journal. */
  writes: boolean
}

/**
 * Where a process dies. `before`: the step has not happened. `during`: the step was started and
 * goes on (commands are separate processes). `after`: the step has happened, and its answer never
 * arrived. `torn`: half a line of the journal is on disk. `fails`: the process lives and the step
 * fails, as such steps do. `stops`: the process lives and gets a signal just before the step.
 */
export interface Death {
  step: number
  how: 'before' | 'during' | 'after' | 'torn' | 'fails' | 'stops'
}

const never = <T>(): Promise<T> => new Promise<T>(() => {})

/** Removes numbers that differ in each run. */
const stable = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{8}\b/g, '…').replaceAll(/\d{4}-\d\d-\d\dt[\d-]+z/gi, '…')

/** What a step does, and how it fails. */
interface Act<T> extends Step {
  work: () => Promise<T>
  failing?: () => Promise<T>
}

/** The life of a process: its steps, and its death at one of them. */
export class Life {
  readonly steps: Step[] = []
  readonly died: Promise<void>
  /** Ends connections and waits together with the process. */
  readonly atDeath = new Set<() => void>()
  readonly death: Death | undefined
  readonly #stop: () => void
  #dead = false
  #resolveDeath = (): void => {}

  constructor(death: Death | undefined, stop: () => void) {
    this.death = death
    this.#stop = stop
    this.died = new Promise<void>(resolve => {
      this.#resolveDeath = resolve
    })
  }

  get isDead(): boolean {
    return this.#dead
  }

  readonly die = (): void => {
    if (this.#dead) return
    this.#dead = true
    for (const end of Array.from(this.atDeath)) end()
    this.#resolveDeath()
  }

  /** Counts a step. Returns how the process dies at it. Undefined: it lives. */
  begin({ kind, what, writes }: Step): Death['how'] | undefined {
    this.steps.push({ kind, what: stable(what), writes })
    if (this.death === undefined || this.steps.length - 1 !== this.death.step) return undefined
    if (this.death.how === 'stops') this.#stop()
    return this.death.how
  }

  async act<T>({ work, failing, ...step }: Act<T>): Promise<T> {
    if (this.#dead) return never()
    const how = this.begin(step)
    if (how === 'before') {
      this.die()
      return never()
    }
    if (how === 'fails')
      return failing === undefined ? Promise.reject(new Error('it was made to fail')) : failing()
    const result = work()
    if (how === 'during') {
      result.catch(() => {})
      this.die()
      return never()
    }
    try {
      const value = await result
      if (how === 'after') this.die()
      return this.#dead ? await never<T>() : value
    } catch (error) {
      if (how === 'after') this.die()
      if (this.#dead) return never()
      throw error
    }
  }
}
