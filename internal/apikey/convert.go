// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"net/netip"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// sameAddresses compares two lists of addresses and ranges without regard to order, repetition and spelling.
func sameAddresses(a, b []string) bool {
	canonical := func(list []string) []string {
		out := make([]string, 0, len(list))
		for _, entry := range list {
			if prefix, err := netip.ParsePrefix(entry); err == nil {
				entry = prefix.String()
			} else if address, err := netip.ParseAddr(entry); err == nil {
				entry = netip.PrefixFrom(address, address.BitLen()).String()
			}
			out = append(out, entry)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(canonical(a), canonical(b))
}

// sameTexts compares two sets of strings; null and empty are one.
func sameTexts(a, b types.Set) bool {
	return slices.Equal(slices.Sorted(slices.Values(texts(a))), slices.Sorted(slices.Values(texts(b))))
}

func text(value string) types.String {
	if value == "" {
		return types.StringNull()
	}
	return types.StringValue(value)
}

func instant(at coveo.Instant) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}

func textSet(list []string) types.Set {
	if len(list) == 0 {
		return types.SetNull(types.StringType)
	}
	unique := slices.Clone(list)
	slices.Sort(unique)
	elements := make([]attr.Value, 0, len(unique))
	for _, element := range slices.Compact(unique) {
		elements = append(elements, types.StringValue(element))
	}
	return types.SetValueMust(types.StringType, elements)
}

// texts are the known elements of a set of strings.
func texts(set types.Set) []string {
	out := []string{}
	for _, element := range set.Elements() {
		if value, ok := element.(types.String); ok && !value.IsNull() && !value.IsUnknown() {
			out = append(out, value.ValueString())
		}
	}
	return out
}

// stays is found, or what was known before where the answer is silent.
func stays(found, before types.String) types.String {
	if found.IsNull() && !before.IsUnknown() {
		return before
	}
	return found
}
