// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"encoding/json"
	"net/http"
)

// Evaluation is Coveo's answer to "may this token do that".
type Evaluation struct {
	Approved bool
	// Codes say why, for people: an open set, empty where Coveo gives none.
	Codes []string
}

// EvaluatePrivilege asks whether this client's token holds a privilege. It takes no privilege itself.
func (c *Client) EvaluatePrivilege(ctx context.Context, wanted Privilege) (Evaluation, error) {
	in := struct {
		OrganizationID     string    `json:"organizationId"`
		RequestedPrivilege Privilege `json:"requestedPrivilege"`
	}{c.organization, wanted}
	var out struct {
		Approved         *bool           `json:"approved"`
		EvaluationReport json.RawMessage `json:"evaluationReport"`
	}
	op := operation{name: "evaluate a privilege", method: "POST", path: "/rest/privilege/evaluate"}
	if err := c.do(ctx, op, call{in: in, out: &out}); err != nil {
		return Evaluation{}, err
	}
	if out.Approved == nil {
		// Silence must be read neither as yes nor as no.
		return Evaluation{}, &Error{
			Operation: op.name, Method: op.method, Path: op.path, Status: http.StatusOK, Attempts: 1,
			cause: "the answer does not say whether the privilege is held",
		}
	}
	return Evaluation{Approved: *out.Approved, Codes: evaluationCodes(out.EvaluationReport)}, nil
}

// evaluationCodes reads the report as the specification has it, an object with a list, or as Coveo's client types it, a bare
// text. What cannot be read is no code: the codes are for people, and the answer itself stands beside them.
func evaluationCodes(report json.RawMessage) []string {
	var object struct {
		Codes json.RawMessage `json:"privilegeEvaluationResultCodes"`
	}
	if json.Unmarshal(report, &object) == nil && object.Codes != nil {
		report = object.Codes
	}
	var list []json.RawMessage
	if json.Unmarshal(report, &list) != nil {
		list = []json.RawMessage{report}
	}
	var codes []string
	for _, raw := range list {
		var code string
		if json.Unmarshal(raw, &code) == nil && code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}
