// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

//go:build race

package bundle

const underRaceDetector = true
