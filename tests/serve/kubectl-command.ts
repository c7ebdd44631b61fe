// One kubectl command and its expected output.

export interface Command {
  /** Words after `kubectl`, as a shell would split them. */
  line: string
  code: number
  /** Expected in stdout. */
  out?: RegExp
  /** Expected in stderr. */
  err?: RegExp
  stdin?: string
}
