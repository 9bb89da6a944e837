// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// keyAccess asks what a privilege without levels, which is all that the key holds, counts as in the listings of access.
func (t *trial) keyAccess(ctx context.Context, id string) {
	const handled = "whoever the listing or the holder's own privileges name is counted"
	right := coveo.AdministrateAnalytics()
	holders, err := t.keys.ListAPIKeyAccess(ctx, right.Owner, right.TargetDomain)
	observed := t.keysTap.answer().word()
	if err == nil {
		observed = "its holder is not named"
		if at := slices.IndexFunc(holders, func(h coveo.Holder) bool { return h.ID == id }); at >= 0 {
			observed = "level " + holders[at].AccessLevel
		}
	}
	t.note("a privilege without levels in the listing of access", handled, "%s (%d keys named)", observed, len(holders))
	groups, err := t.keys.ListGroupAccess(ctx, right.Owner, right.TargetDomain)
	if err != nil {
		t.note("the same for groups", handled, "%s", t.keysTap.answer().word())
		return
	}
	levels := map[string]int{}
	for _, h := range groups {
		levels[h.AccessLevel]++
	}
	t.note("the same for groups", handled, "%s", strings.TrimPrefix(fmt.Sprint(levels), "map"))
}

// placement asks for the only public hints at region and environment.
func (t *trial) placement(ctx context.Context) error {
	const handled = "a hint; null, with a warning, where it is refused"
	found, err := t.keys.OrganizationPlacement(ctx)
	if err != nil {
		t.note("where the organization lives", handled, "%s", t.keysTap.answer().word())
		return nil //nolint:nilerr // the refusal is what was to be found out
	}
	// The names are the organization's own, so only their endings are shown.
	var endings []string
	for _, host := range []string{found.DistributedDNS, found.AdminDNS, found.AnalyticsDNS} {
		ending := "absent"
		if labels := strings.Split(host, "."); len(labels) > 3 {
			ending = strings.Join(labels[len(labels)-3:], ".")
		}
		endings = append(endings, ending)
	}
	region := found.PrimaryMainRegion
	if region == "" {
		region = "absent"
	}
	t.note("where the organization lives", handled, "main region %s, host names end in %s", region, strings.Join(endings, ", "))
	return nil
}
