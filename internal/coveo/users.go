// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// MaxUserIDLength is the longest identifier, in characters, that is sent. Coveo publishes no limit; real ones are an account
// name with a provider, or a UUID.
const MaxUserIDLength = 128

// CheckUserID says why an identifier cannot be sent as one path segment, or nil. The text does not hold the identifier.
func CheckUserID(id string) error {
	switch {
	case id == "":
		return fmt.Errorf("it is empty")
	case id == "." || id == "..":
		return fmt.Errorf("it is %q, which every proxy on the way would read as a folder", id)
	case utf8.RuneCountInString(id) > MaxUserIDLength:
		return fmt.Errorf("it has %d characters, more than the %d that are sent", utf8.RuneCountInString(id), MaxUserIDLength)
	}
	return nil
}

// Overview is what usage analytics holds on one identifier, as counts.
type Overview struct {
	// Found is false where Coveo does not know the identifier or holds no event of it. The contract is silent on whether an
	// unknown one is answered with zeros or with 404, so the two are one.
	Found bool
	Total int64
	// Stats maps a kind of event to its count. The kinds are not documented.
	Stats map[string]int64
}

// AdministrateAnalytics is what reading an overview takes.
func AdministrateAnalytics() Privilege {
	return Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "ADMINISTRATE", TargetID: "*"}
}

// DeleteUserAnalytics is what an erasure takes.
func DeleteUserAnalytics() Privilege {
	return Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "DELETE_USER_ANALYTICS_DATA", TargetID: "*"}
}

// overviewAnswer is the documented answer. Each of its fields may be absent or null, but not all: an object of another kind
// must not be read as a person of whom nothing is left.
type overviewAnswer struct {
	Stats counts
}

// UnmarshalJSON fails where the value is another object than an overview.
func (o *overviewAnswer) UnmarshalJSON(data []byte) error {
	var fields struct {
		UserID  json.RawMessage `json:"userId"`
		Account json.RawMessage `json:"account"`
		Stats   json.RawMessage `json:"stats"`
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if fields.UserID == nil && fields.Account == nil && fields.Stats == nil {
		return errors.New("no overview")
	}
	if present(fields.Stats) == nil {
		return nil
	}
	return json.Unmarshal(fields.Stats, &o.Stats)
}

// UserOverview counts the events of one identifier.
func (c *Client) UserOverview(ctx context.Context, userID string) (Overview, error) {
	needs := AdministrateAnalytics()
	var out overviewAnswer
	err := c.personal(ctx, operation{
		name: "read a person's overview", method: "GET", path: "/v15/users/{user}/overview",
		plane: analyticsPlane, personal: true, needs: &needs,
	}, userID, &out)
	if IsNotFound(err) {
		err = c.confirmUnknownPerson(ctx, userID, err)
	}
	if err != nil {
		return Overview{}, err
	}
	overview := Overview{Stats: map[string]int64{}}
	for kind, count := range out.Stats {
		overview.Stats[kind] = count
		overview.Total += count
	}
	overview.Found = overview.Total > 0
	return overview, nil
}

// Acceptance is Coveo's answer to an erasure: it will happen, within 28 days, with nothing to ask after it by.
type Acceptance struct {
	// Known is false where Coveo answered that there is no such person, which leaves nothing to erase.
	Known bool
}

// DeleteUserData asks Coveo to erase all usage analytics of one identifier. It cannot be undone. The request is repeated
// after a broken connection or a gateway's error, since a second one asks for nothing more.
func (c *Client) DeleteUserData(ctx context.Context, userID string) (Acceptance, error) {
	needs := DeleteUserAnalytics()
	err := c.personal(ctx, operation{
		name: "erase a person's usage analytics", method: "DELETE", path: "/v15/users/{user}/alldata",
		plane: analyticsPlane, personal: true, needs: &needs,
	}, userID, nil)
	if IsNotFound(err) {
		return Acceptance{}, c.confirmUnknownPerson(ctx, userID, err)
	}
	return Acceptance{Known: err == nil}, err
}

// confirmUnknownPerson tells "there is no such person" from "there is no such address". A mistyped analytics_url answers
// 404 to everything, and would otherwise make a record of erasures that nobody was asked for. It returns nil when the 404 is
// about the person: it is a JSON error, not about the organization, and the API's health check answers at the same base.
func (c *Client) confirmUnknownPerson(ctx context.Context, userID string, notFound error) error {
	var failure *Error
	if !errors.As(notFound, &failure) || !failure.documented {
		return notFound
	}
	c.health.Lock()
	defer c.health.Unlock()
	if c.healthy {
		return nil
	}
	err := c.do(ctx, operation{
		name: "check the usage analytics API", method: "GET", path: "/v15/users/monitoring/health", plane: analyticsPlane,
	}, call{secrets: []string{userID}})
	if IsCanceled(err) {
		return err
	}
	if err != nil {
		failure.cause = "and the usage analytics API's health check does not answer there either, so this may be about the address " +
			"and not about the person; check analytics_url, region and environment"
		return failure
	}
	c.healthy = true
	return nil
}

func (c *Client) personal(ctx context.Context, op operation, userID string, out any) error {
	if err := CheckUserID(userID); err != nil {
		return fmt.Errorf("an identifier cannot be sent: %w", err)
	}
	return c.do(ctx, op, call{segments: map[string]string{"user": userID}, out: out, secrets: []string{userID}})
}
