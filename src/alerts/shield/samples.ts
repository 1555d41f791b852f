import type { Sample } from '../source.ts';

const decision = {
  agent_id: 'prompt-injection-agent',
  agent_version: '1.2.0',
  decision_type: 'prompt_injection_detection',
  inputs_hash: '9f2c7d0c2f6b5a1e4d3c8b7a6f5e4d3c2b1a09f8e7d6c5b4a392817f6e5d4c3b',
  outputs: {
    prompt_injection_detected: true,
    risk_score: 0.94,
    severity: 'critical',
    confidence: 0.97,
    pattern_match_count: 3,
    detected_categories: ['instruction_override', 'system_prompt_leak'],
  },
  confidence: 0.97,
  constraints_applied: [{ policy_id: 'block-injection', policy_version: '3', rule_ids: ['r1'] }],
  execution_ref: '0b7c52d0-1a2b-4c3d-8e4f-5a6b7c8d9e01',
  timestamp: '2026-03-01T08:14:32.5Z',
  duration_ms: 12.5,
  telemetry: {
    content_length: 812,
    content_source: 'user_input',
    session_id: 's-1',
    caller_id: 'support-bot',
  },
};

const flat = {
  event_id: 'shield-evt-900',
  source: 'llm-shield',
  source_version: '1.0.0',
  timestamp: '2026-03-01T08:14:32Z',
  event_type: 'data_leakage',
  category: 'security',
  title: 'A customer key left in an answer of support-bot',
  description: 'Blocked before it reached the user.',
  severity: 'high',
  resource: { type: 'service', id: 'support-bot', name: 'support-bot', metadata: {} },
  metrics: { confidence_score: 0.96, attack_vectors: 1 },
  tags: { environment: 'production', tenant_id: 'tenant-7' },
  payload: { attack_type: 'exfiltration', blocked: true, attack_signature: 'sk-*', user_input_hash: 'd2c1' },
};

export const samples: readonly Sample[] = [
  {
    name: 'a decision of one of its agents',
    payload: decision,
    alerts: [
      {
        eventId: '0b7c52d0-1a2b-4c3d-8e4f-5a6b7c8d9e01:prompt_injection_detection',
        source: 'llm-shield',
        state: 'firing',
        eventType: 'prompt_injection',
        rule: 'prompt_injection_detection',
        title: 'Prompt injection in user input',
        severity: 'P0',
        category: 'security',
        at: new Date('2026-03-01T08:14:32.500Z'),
      },
    ],
  },
  {
    name: 'the same agent, nothing found',
    payload: {
      ...decision,
      execution_ref: '0b7c52d0-1a2b-4c3d-8e4f-5a6b7c8d9e02',
      outputs: { prompt_injection_detected: false, risk_score: 0, severity: 'none', confidence: 0.99 },
    },
    alerts: [{ state: 'other', severity: 'P4', originalSeverity: 'none' }],
  },
  {
    name: 'a decision with two signals',
    payload: {
      source_agent: 'pii-agent',
      domain: 'data_protection',
      phase: 'detect',
      layer: 'input',
      agent_version: '2.0.1',
      event_type: 'detection_completed',
      execution_ref: '0b7c52d0-1a2b-4c3d-8e4f-5a6b7c8d9e03',
      timestamp: '2026-03-01T08:15:00Z',
      duration_ms: 8,
      confidence: 0.9,
      inputs_hash: '1f2c7d0c2f6b5a1e4d3c8b7a6f5e4d3c2b1a09f8e7d6c5b4a392817f6e5d4c3b',
      signals: [
        {
          signal_type: 'pii_detection',
          category: 'email',
          severity: 'medium',
          confidence: 0.9,
          count: 4,
          evidence_ids: [],
        },
        {
          signal_type: 'secret_detection',
          category: 'api_key',
          severity: 'high',
          confidence: 0.8,
          count: 1,
          evidence_ids: [],
        },
      ],
      evidence_refs: [],
      constraints_applied: [],
    },
    alerts: [
      {
        eventId: '0b7c52d0-1a2b-4c3d-8e4f-5a6b7c8d9e03:pii_detection',
        eventType: 'data_leakage',
        state: 'firing',
        severity: 'P2',
      },
      { eventId: '0b7c52d0-1a2b-4c3d-8e4f-5a6b7c8d9e03:secret_detection', state: 'firing', severity: 'P1' },
    ],
  },
  {
    name: 'a result of the scan API',
    payload: {
      isValid: false,
      riskScore: 0.75,
      sanitizedText: '[removed]',
      scannerResults: [
        {
          scanner: 'Toxicity',
          isValid: true,
          riskScore: 0.1,
          riskFactors: [],
          entities: [],
          executionTimeMs: 3,
        },
        {
          scanner: 'PromptInjection',
          isValid: false,
          riskScore: 0.75,
          riskFactors: [],
          entities: [],
          executionTimeMs: 4,
        },
      ],
      scanTimeMs: 7.5,
      cacheHit: false,
    },
    alerts: [
      {
        state: 'firing',
        rule: 'PromptInjection',
        eventType: 'prompt_injection',
        severity: 'P1',
        eventId: null,
      },
    ],
  },
  {
    name: 'the event of its documentation',
    payload: flat,
    alerts: [
      { source: 'llm-shield', state: 'firing', severity: 'P1', category: 'security', service: 'support-bot' },
    ],
  },
  {
    name: 'the same, over',
    payload: { ...flat, event_id: 'shield-evt-901', status: 'resolved' },
    alerts: [{ source: 'llm-shield', state: 'resolved', service: 'support-bot' }],
  },
];
