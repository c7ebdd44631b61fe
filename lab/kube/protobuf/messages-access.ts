// Messages of roles, bindings, service accounts and access reviews.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const accessMessages: Readonly<Record<string, string>> = {
  AggregationRule: '1 clusterRoleSelectors* LabelSelector',
  ClusterRole: '1 metadata ObjectMeta, 2 rules* PolicyRule, 3 aggregationRule AggregationRule',
  ClusterRoleBinding: '1 metadata ObjectMeta, 2 subjects* Subject, 3 roleRef RoleRef',
  FieldSelectorAttributes: '1 rawSelector, 2 requirements* FieldSelectorRequirement',
  FieldSelectorRequirement: '1 key, 2 operator, 3 values*',
  LabelSelectorAttributes: '1 rawSelector, 2 requirements* LabelSelectorRequirement',
  NonResourceAttributes: '1 path, 2 verb',
  NonResourceRule: '1 verbs*, 2 nonResourceURLs*',
  PolicyRule: '1 verbs*, 2 apiGroups*, 3 resources*, 4 resourceNames*, 5 nonResourceURLs*',
  ResourceAttributes: `
    1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name,
    8 fieldSelector FieldSelectorAttributes, 9 labelSelector LabelSelectorAttributes
  `,
  ResourceRule: '1 verbs*, 2 apiGroups*, 3 resources*, 4 resourceNames*',
  Role: '1 metadata ObjectMeta, 2 rules* PolicyRule',
  RoleBinding: '1 metadata ObjectMeta, 2 subjects* Subject, 3 roleRef RoleRef',
  RoleRef: '1 apiGroup, 2 kind, 3 name',
  SelfSubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SelfSubjectAccessReviewSpec:
    '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes',
  SelfSubjectReview: '1 metadata ObjectMeta, 2 status SelfSubjectReviewStatus',
  SelfSubjectReviewStatus: '1 userInfo UserInfo',
  SelfSubjectRulesReview:
    '1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status SubjectRulesReviewStatus',
  SelfSubjectRulesReviewSpec: '1 namespace',
  ServiceAccount: `
    1 metadata ObjectMeta, 2 secrets* ObjectReference, 3 imagePullSecrets* LocalObjectReference,
    4 automountServiceAccountToken b
  `,
  Subject: '1 kind, 2 apiGroup, 3 name, 4 namespace',
  SubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SubjectAccessReviewSpec: `
    1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes, 3 user,
    4 groups*, 5 extra# ExtraValue@authorization, 6 uid
  `,
  SubjectAccessReviewStatus: '1 allowed b, 4 denied b, 2 reason, 3 evaluationError',
  SubjectRulesReviewStatus: `
    1 resourceRules* ResourceRule, 2 nonResourceRules* NonResourceRule, 3 incomplete b,
    4 evaluationError
  `,
  UserInfo: '1 username, 2 uid, 3 groups*, 4 extra# ExtraValue@authentication',
}
