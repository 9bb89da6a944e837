// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import "context"

// Organization is the organization itself.
type Organization struct {
	ID          string  `json:"id"`
	DisplayName string  `json:"displayName"`
	CreatedDate Instant `json:"createdDate"`
	// ReadOnly is nil where the answer does not say.
	ReadOnly *bool `json:"readOnly"`
}

// Organization reads the organization. Any member may.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	var out Organization
	err := c.do(ctx, operation{
		name: "read the organization", method: "GET", path: "/rest/organizations/{organization}",
	}, call{out: &out})
	return out, err
}

// OrganizationStatus tells whether the organization takes writes. All words are open sets, and what an answer leaves out is
// empty or nil.
type OrganizationStatus struct {
	Status         string   `json:"status"`
	LifeCycleState string   `json:"lifeCycleState"`
	PauseState     string   `json:"pauseState"`
	ReadOnly       *bool    `json:"readOnly"`
	Paused         *bool    `json:"paused"`
	Resumable      *bool    `json:"resumable"`
	ErrorCodes     []string `json:"errorCodes"`
}

// OrganizationStatus reads the organization's state.
func (c *Client) OrganizationStatus(ctx context.Context) (OrganizationStatus, error) {
	var out OrganizationStatus
	err := c.do(ctx, operation{
		name: "read the organization's status", method: "GET", path: "/rest/organizations/{organization}/status",
	}, call{out: &out})
	return out, err
}

// OrganizationPlacement is where an organization lives: regions in the words of the cloud it runs on, such as us-east-1, and
// host names. What an answer leaves out is empty.
type OrganizationPlacement struct {
	PrimaryMainRegion string   `json:"primaryMainRegion"`
	MainRegions       []string `json:"mainRegions"`
	SatelliteRegions  []string `json:"satelliteRegions"`
	DistributedDNS    string   `json:"distributedDns"`
	AdminDNS          string   `json:"adminDns"`
	AnalyticsDNS      string   `json:"analyticsDns"`
	CustomDNS         string   `json:"customDns"`
}

// OrganizationPlacement reads where the organization lives.
func (c *Client) OrganizationPlacement(ctx context.Context) (OrganizationPlacement, error) {
	var out OrganizationPlacement
	err := c.do(ctx, operation{
		name: "read where the organization lives", method: "GET", path: "/rest/global/organizations/{organization}",
		needs: organizationPrivilege(),
	}, call{out: &out})
	return out, err
}
