// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"encoding/json"
)

// Privilege is one right on one domain. Type is empty for domains that Coveo's console shows as "Allowed"; answers spell
// that as an absent, null or empty type, or as ENABLE. Package privilege compares them.
type Privilege struct {
	Owner        string `json:"owner"`
	TargetDomain string `json:"targetDomain"`
	Type         string `json:"type,omitempty"`
	TargetID     string `json:"targetId"`
}

// MyPrivileges lists what this client's token may do. It takes no privilege, so it is the cheapest check of a token.
func (c *Client) MyPrivileges(ctx context.Context) ([]Privilege, error) {
	var out []Privilege
	err := c.do(ctx, operation{
		name: "list the token's privileges", method: "GET", path: "/rest/organizations/{organization}/privileges/me",
	}, call{out: &out})
	return out, err
}

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
		Approved         bool            `json:"approved"`
		EvaluationReport json.RawMessage `json:"evaluationReport"`
	}
	err := c.do(ctx, operation{
		name: "evaluate a privilege", method: "POST", path: "/rest/privilege/evaluate",
	}, call{in: in, out: &out})
	if err != nil {
		return Evaluation{}, err
	}
	return Evaluation{Approved: out.Approved, Codes: evaluationCodes(out.EvaluationReport)}, nil
}

// evaluationCodes reads the report as the specification has it, an object, or as Coveo's client types it, a bare string.
func evaluationCodes(report json.RawMessage) []string {
	var object struct {
		Codes []string `json:"privilegeEvaluationResultCodes"`
	}
	if json.Unmarshal(report, &object) == nil {
		return object.Codes
	}
	var code string
	if json.Unmarshal(report, &code) == nil && code != "" {
		return []string{code}
	}
	return nil
}
