// One command of kubectl, and what it has to print.

export interface Command {
  /** Words after `kubectl`, as a shell would split them. */
  line: string
  code: number
  /** Of stdout. */
  out?: RegExp
  /** Of stderr. */
  err?: RegExp
  stdin?: string
}
