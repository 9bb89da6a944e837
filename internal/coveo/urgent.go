// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

// urgentRate is the pace of an urgent client. Its calls are few: one or two for each key that is still open.
const urgentRate = 1000

// Urgent is this client without its turns: it neither waits for the rate that this client keeps nor for a gate that a refusal
// has closed. It is for the last moments of a process, in which a key that is still open is worth more than good manners.
func (c *Client) Urgent() *Client {
	urgent := &Client{
		organization: c.organization, token: c.token, tokenUnknown: c.tokenUnknown, bases: c.bases,
		maxRetries: c.maxRetries, timeout: c.timeout, userAgent: c.userAgent,
		clock: c.clock, jitter: c.jitter, log: c.log, http: c.http,
	}
	for plane := range urgent.gates {
		urgent.gates[plane] = newGate(c.clock, urgentRate, urgentRate)
	}
	return urgent
}
