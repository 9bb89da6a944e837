// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import "context"

// Organization is the organization itself.
type Organization struct {
	ID          string  `json:"id"`
	DisplayName string  `json:"displayName"`
	CreatedDate Instant `json:"createdDate"`
	ReadOnly    bool    `json:"readOnly"`
}

// Organization reads the organization. Any member may.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	var out Organization
	err := c.do(ctx, operation{
		name: "read the organization", method: "GET", path: "/rest/organizations/{organization}",
	}, call{out: &out})
	return out, err
}

// OrganizationStatus tells whether the organization takes writes.
type OrganizationStatus struct {
	Status         string `json:"status"`
	LifeCycleState string `json:"lifeCycleState"`
	PauseState     string `json:"pauseState"`
	ReadOnly       bool   `json:"readOnly"`
	Paused         bool   `json:"paused"`
}

// OrganizationStatus reads the organization's state.
func (c *Client) OrganizationStatus(ctx context.Context) (OrganizationStatus, error) {
	var out OrganizationStatus
	err := c.do(ctx, operation{
		name: "read the organization's status", method: "GET", path: "/rest/organizations/{organization}/status",
	}, call{out: &out})
	return out, err
}
