// The names and labels that the API server accepts.
import type { Kind } from '#lab/kube/api/kinds.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { mapAt, textAt } from '#lab/kube/patch/json.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValue = `(${qualified})?`
const labelKeyForm = new RegExp(`^${qualified}$`)
const labelValueForm = new RegExp(`^${labelValue}$`)

const regex = (form: string): string => `regex used for validation is '${form}'`

interface NameForm {
  form: RegExp
  /** Most characters. */
  most: number
  message: string
}

/** @source Kubernetes documentation, Object Names and IDs */
const nameForms = {
  subdomain: {
    form: new RegExp(`^${subdomain}$`),
    most: 253,
    message:
      'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, ' +
      "'-' or '.', and must start and end with an alphanumeric character " +
      `(e.g. 'example.com', ${regex(subdomain)})`,
  },
  label: {
    form: new RegExp(`^${label}$`),
    most: 63,
    message:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
      'and must start and end with an alphanumeric character ' +
      `(e.g. 'my-name',  or '123-abc', ${regex(label)})`,
  },
  label1035: {
    form: new RegExp(`^${label1035}$`),
    most: 63,
    message:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with " +
      'an alphabetic character, and end with an alphanumeric character ' +
      `(e.g. 'my-name',  or 'abc-123', ${regex(label1035)})`,
  },
  segment: {
    form: /^(?!\.{1,2}$)[^/%]+$/,
    most: Infinity,
    message: "may not contain '/' or '%'",
  },
} as const satisfies Readonly<Record<string, NameForm>>

function nameForm(kind: Kind): NameForm {
  if (kind.kind === 'Namespace') return nameForms.label
  if (kind.kind === 'Service') return nameForms.label1035
  return kind.group === 'rbac.authorization.k8s.io' ? nameForms.segment : nameForms.subdomain
}

function nameErrors(kind: Kind, name: string): FieldError[] {
  const { form, most, message } = nameForm(kind)
  const errors: FieldError[] = []
  if (name.length > most)
    errors.push(field.invalid('metadata.name', name, `must be no more than ${most} characters`))
  if (!form.test(name)) errors.push(field.invalid('metadata.name', name, message))
  return errors
}

/** @source Kubernetes documentation, Labels and Selectors: syntax of keys */
function labelKeyErrors(key: string): FieldError[] {
  const name = key.slice(key.indexOf('/') + 1)
  if (labelKeyForm.test(name)) return []
  const message =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', " +
    `${regex(qualified)})`
  return [field.invalid('metadata.labels', key, message)]
}

/** @source Kubernetes documentation, Labels and Selectors: at most 63 characters */
function labelValueErrors(value: string): FieldError[] {
  if (value.length > 63)
    return [field.invalid('metadata.labels', value, 'must be no more than 63 characters')]
  if (labelValueForm.test(value)) return []
  const message =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or " +
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or " +
    `'my_value',  or '12345', ${regex(labelValue)})`
  return [field.invalid('metadata.labels', value, message)]
}

/** The errors in the name and the labels of an object. */
export function validateMeta(kind: Kind, object: JsonObject): FieldError[] {
  const name = textAt(object, 'metadata', 'name') ?? ''
  if (name === '') return [field.required('metadata.name', 'name or generateName is required')]
  const labels = Object.entries(mapAt(object, 'metadata', 'labels'))
  return [
    ...nameErrors(kind, name),
    ...labels.flatMap(([key, value]) => [...labelKeyErrors(key), ...labelValueErrors(value)]),
  ]
}
