// Rules of single members of the less common kinds: what must be there, and in which form. @source
// pkg/apis/*/validation of Kubernetes 1.35, each tried on a v1.35 API server
import type { JsonObject } from '#src/model/json.ts'
import { isCidr, isIP } from './addresses.ts'
import { isLabel, isQualified, isSubdomain, labelForm, subdomainForm } from './names.ts'
import { checkRange, misnamed, missing, noProblems, type Problem } from './rule.ts'

type Check = (object: JsonObject, member: string) => readonly Problem[]

/** A member that is neither absent nor empty: not "", not an empty list or map. */
const some: Check = (object, member) => {
  const value = object[member] ?? ''
  const isHollow =
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)
  return isHollow ? [missing([member], 'which must not be empty')] : noProblems
}

const every =
  (...checks: readonly Check[]): Check =>
  (object, member) =>
    checks.flatMap(check => check(object, member))

/** Texts of a form: the member itself, or each item of a list. */
const form =
  (is: (text: string) => boolean, expected: string): Check =>
  (object, member) => {
    const value = object[member]
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
    return texts.flatMap((text, index) =>
      typeof text === 'string' && text !== '' && !is(text)
        ? [misnamed(Array.isArray(value) ? [member, index] : [member], text, expected)]
        : [],
    )
  }

const among = (...values: readonly string[]): Check =>
  form(text => values.includes(text), values.join(' or '))
const range =
  (from: number, to?: number): Check =>
  (object, member) =>
    checkRange(object, member, from, to)

const subdomain = form(isSubdomain, subdomainForm)
const label = form(isLabel, labelForm)
const qualified = form(isQualified, 'a name of letters, digits, -, _ and ., at most 63 of them')
const driver = form(
  text => text.length <= 63 && isSubdomain(text.toLowerCase()),
  'at most 63 letters, digits, dashes and dots, a letter or digit at both ends',
)
const cidr = form(isCidr, 'a range of addresses such as 10.0.0.0/8')
const address = form(isIP, 'an address such as 10.9.8.7 or 2001:db8::1')
const segment = form(
  text => text !== '.' && text !== '..' && !/[/%]/.test(text),
  'a name without / and %',
)
const protocol = among('TCP', 'UDP', 'SCTP')

const flow = 'io.k8s.api.flowcontrol.v1.'
const admission = 'io.k8s.api.admissionregistration.v1.'
const storage = 'io.k8s.api.storage.v1.'
const core = 'io.k8s.api.core.v1.'
const networking = 'io.k8s.api.networking.v1.'
const devices = 'io.k8s.api.resource.v1.'
const registration = 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.'
const rules = { apiGroups: some, apiVersions: some, operations: some, resources: some }

/** Rules by definition and member. */
export const tableRules: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  [`${networking}ServiceCIDRSpec`]: { cidrs: every(some, cidr) },
  [`${networking}ParentReference`]: {
    group: subdomain,
    name: every(some, segment),
    namespace: segment,
    resource: every(some, segment),
  },
  [`${networking}IngressClassParametersReference`]: {
    apiGroup: subdomain,
    kind: every(some, segment),
    name: every(some, segment),
    scope: among('Cluster', 'Namespace'),
  },
  [`${storage}VolumeAttachmentSpec`]: {
    attacher: every(some, driver),
    nodeName: every(some, subdomain),
    source: some,
  },
  [`${storage}VolumeAttachmentSource`]: { persistentVolumeName: subdomain },
  [`${storage}VolumeAttributesClass`]: { driverName: every(some, qualified), parameters: some },
  [`${storage}CSINodeDriver`]: { name: every(some, driver), nodeID: some },
  [`${storage}VolumeNodeResources`]: { count: range(0) },
  [`${storage}TokenRequest`]: { expirationSeconds: range(600, 2 ** 32) },
  [`${storage}CSIDriverSpec`]: {
    fsGroupPolicy: among('File', 'None', 'ReadWriteOnceWithFSType'),
    volumeLifecycleModes: among('Persistent', 'Ephemeral'),
  },
  [`${storage}CSIStorageCapacity`]: { storageClassName: every(some, subdomain) },
  [`${core}TopologySelectorLabelRequirement`]: { key: qualified, values: some },
  [`${core}ServiceSpec`]: {
    clusterIPs: form(text => text === 'None' || isIP(text), 'an address, or None'),
    externalIPs: address,
    externalName: form(text => isSubdomain(text.replace(/\.$/, '')), subdomainForm),
    loadBalancerSourceRanges: cidr,
    loadBalancerClass: qualified,
  },
  [`${core}ServicePort`]: { appProtocol: qualified, protocol },
  [`${core}PodOS`]: { name: every(some, among('linux', 'windows')) },
  [`${core}LimitRangeItem`]: { type: some },
  [`${core}ScopedResourceSelectorRequirement`]: { operator: some, scopeName: some },
  'io.k8s.api.node.v1.RuntimeClass': { handler: every(some, label) },
  'io.k8s.api.discovery.v1.Endpoint': { addresses: some, nodeName: subdomain, hostname: label },
  'io.k8s.api.discovery.v1.EndpointPort': { appProtocol: qualified, name: label, protocol },
  'io.k8s.api.rbac.v1.AggregationRule': { clusterRoleSelectors: some },
  'io.k8s.api.rbac.v1.RoleRef': { name: segment },
  [`${flow}FlowSchemaSpec`]: { matchingPrecedence: range(0, 10_000) },
  [`${flow}FlowDistinguisherMethod`]: { type: every(some, among('ByUser', 'ByNamespace')) },
  [`${flow}PriorityLevelConfigurationReference`]: { name: every(some, subdomain) },
  [`${flow}PolicyRulesWithSubjects`]: { subjects: some },
  [`${flow}ResourcePolicyRule`]: { apiGroups: some, resources: some, verbs: some },
  [`${flow}NonResourcePolicyRule`]: { nonResourceURLs: some, verbs: some },
  [`${flow}Subject`]: { kind: every(some, among('Group', 'ServiceAccount', 'User')) },
  [`${flow}UserSubject`]: { name: some },
  [`${flow}GroupSubject`]: { name: some },
  [`${flow}LimitResponse`]: { type: every(some, among('Queue', 'Reject')) },
  [`${flow}PriorityLevelConfigurationSpec`]: { type: every(some, among('Exempt', 'Limited')) },
  [`${admission}RuleWithOperations`]: rules,
  [`${admission}NamedRuleWithOperations`]: rules,
  [`${admission}MatchCondition`]: { name: every(some, qualified), expression: some },
  [`${admission}ValidatingAdmissionPolicySpec`]: { matchConstraints: some },
  [`${admission}ValidatingAdmissionPolicyBindingSpec`]: {
    policyName: every(some, subdomain),
    validationActions: some,
  },
  [`${admission}Validation`]: { expression: some },
  [`${admission}Variable`]: { name: some, expression: some },
  [`${admission}ValidatingWebhook`]: { admissionReviewVersions: some },
  [`${admission}MutatingWebhook`]: { admissionReviewVersions: some },
  [`${devices}DeviceRequest`]: { name: every(some, label) },
  [`${devices}ExactDeviceRequest`]: { deviceClassName: every(some, subdomain) },
  [`${devices}DeviceSelector`]: { cel: some },
  [`${registration}APIServiceSpec`]: {
    groupPriorityMinimum: range(1, 20_000),
    versionPriority: range(1, 1000),
  },
  [`${registration}ServiceReference`]: {
    name: some,
    namespace: some,
    port: range(1, 65_535),
  },
  'io.k8s.api.certificates.v1.CertificateSigningRequestSpec': {
    signerName: every(
      some,
      form(text => /^[^/]+\.[^/]+\/[^/]+$/.test(text), 'a domain with a path, such as a.org/b'),
    ),
    usages: some,
    expirationSeconds: range(600),
  },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec': {
    scope: every(some, among('Cluster', 'Namespaced')),
  },
}
