// Decides whether policies allow requests: JSON on stdin, JSON on stdout, one process for a whole batch.
//
// stdin:  {policies: {id: document}, requests: [{principal, action, resource, account, context,
//          identityPolicies: [id], resourcePolicy: id | null}]}
// stdout: [{result, ignored: [context key], allowedBy: [[policy id, position of the statement]], deniedBy: [...]}]
//
// Two spellings are changed in both policies and requests, because the evaluator does not read them as IAM
// does: the empty account in the ARN of a document that AWS owns, and the key of an encryption context, which
// it takes for one fixed name.

import { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy } from '@cloud-copilot/iam-policy'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const input = readFileSync(0, 'utf8')
  .replaceAll(/:ssm:([^:"]*)::document\//g, ':ssm:$1:000000000000:document/')
  .replaceAll('"kms:EncryptionContext:', '"aws:RequestTag/kms:EncryptionContext:')
const { policies, requests } = JSON.parse(input)
const validated = new Map()

function validate(id, validator) {
  if (!validated.has(id)) {
    validated.set(id, createValidatedPolicy(policies[id], validator, { name: id }))
  }
  return validated.get(id)
}

async function decide(request) {
  const response = await runSimulation(
    {
      request: {
        principal: request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.account },
        contextVariables: request.context
      },
      identityPolicies: request.identityPolicies.map((id) => ({
        name: id,
        policy: validate(id, validateIdentityPolicy)
      })),
      resourcePolicy: request.resourcePolicy
        ? validate(request.resourcePolicy, validateResourcePolicy)
        : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: []
    },
    {}
  )
  if (response.resultType === 'error') {
    throw new Error(`${JSON.stringify(request)}: ${JSON.stringify(response.errors)}`)
  }
  // A request for every resource ("*") may be evaluated once for each pattern of the policies.
  const results = response.resultType === 'single' ? [response.result] : response.results
  const statements = (kind) =>
    results.flatMap(({ analysis }) => [
      ...(analysis.identityAnalysis?.[kind] ?? []).map((each) => [each.policyId, each.statement.index() - 1]),
      ...(analysis.resourceAnalysis?.[kind] ?? []).map((each) => [
        request.resourcePolicy,
        each.statement.index() - 1
      ])
    ])
  return {
    result: response.overallResult,
    ignored: results.flatMap((result) => result.ignoredContextKeys),
    allowedBy: statements('allowStatements'),
    deniedBy: statements('denyStatements')
  }
}

const decisions = []
for (const request of requests) {
  decisions.push(await decide(request))
}
process.stdout.write(JSON.stringify(decisions))
