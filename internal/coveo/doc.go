// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package coveo is the client for the parts of Coveo's HTTP API that concern privacy: API keys, privileges, the
// organization, and what usage analytics holds on a person.
//
// It knows no Terraform. Its promises are those an irreversible API needs: a POST is never sent twice unless Coveo said
// that it refused the first one, every wait ends with its context, and neither a bearer token nor a person's identifier
// ever reaches an error text or a log entry.
package coveo
